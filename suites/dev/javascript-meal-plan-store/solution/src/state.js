'use strict';

const initial = Object.freeze({ plan: {}, favourites: [] });

function toggled(list, dish) {
  return list.includes(dish) ? list.filter((other) => other !== dish) : [...list, dish];
}

function renamed(state, { from, to }) {
  const known = Object.values(state.plan).includes(from) || state.favourites.includes(from);
  if (!known || from === to) return state;
  const change = (dish) => (dish === from ? to : dish);
  const plan = Object.fromEntries(Object.entries(state.plan).map(([day, dish]) => [day, change(dish)]));
  const favourites = state.favourites.includes(to)
    ? state.favourites.filter((dish) => dish !== from)
    : state.favourites.map(change);
  return { ...state, plan, favourites };
}

/** Returns the state after an action. */
function reduce(state, action) {
  switch (action.type) {
    case 'plan':
      return { ...state, plan: { ...state.plan, [action.day]: action.dish } };
    case 'favourite':
      return { ...state, favourites: toggled(state.favourites, action.dish) };
    case 'rename':
      return renamed(state, action);
    default:
      return state;
  }
}

module.exports = { initial, reduce };
