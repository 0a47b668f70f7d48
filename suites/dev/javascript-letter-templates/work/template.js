'use strict';

function fill(template, data) {
  throw new Error('not implemented');
}

module.exports = { fill };
