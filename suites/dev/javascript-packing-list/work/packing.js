'use strict';

function sentence(items) {
  throw new Error('not implemented');
}

module.exports = { sentence };
