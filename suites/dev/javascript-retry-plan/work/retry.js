'use strict';

function retryPlan(options) {
  throw new Error('not implemented');
}

module.exports = { retryPlan };
