'use strict';

/** The planned dishes, each once, in alphabetical order. */
function dishes(state) {
  return [...new Set(Object.values(state.plan))].sort();
}

module.exports = { dishes };
