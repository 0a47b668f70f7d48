'use strict';

const initial = Object.freeze({ plan: {} });

/** Returns the state after an action. */
function reduce(state, action) {
  switch (action.type) {
    case 'plan':
      return { ...state, plan: { ...state.plan, [action.day]: action.dish } };
    default:
      return state;
  }
}

module.exports = { initial, reduce };
