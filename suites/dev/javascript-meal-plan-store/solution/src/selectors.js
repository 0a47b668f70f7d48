'use strict';

/** The planned dishes, each once, in alphabetical order. */
function dishes(state) {
  return [...new Set(Object.values(state.plan))].sort();
}

function unplannedFavourites(state) {
  const planned = dishes(state);
  return state.favourites.filter((dish) => !planned.includes(dish));
}

function timesPlanned(state) {
  const counts = Object.fromEntries(state.favourites.map((dish) => [dish, 0]));
  for (const dish of Object.values(state.plan)) counts[dish] = (counts[dish] ?? 0) + 1;
  return counts;
}

module.exports = { dishes, unplannedFavourites, timesPlanned };
