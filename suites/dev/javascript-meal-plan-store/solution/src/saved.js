'use strict';
const { initial } = require('./state.js');

function save(state) {
  return JSON.stringify({ version: 2, plan: state.plan, favourites: state.favourites });
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

function restore(text) {
  const { version, plan, favourites } = parsed(text);
  if (!plan || (version !== 1 && version !== 2)) return initial;
  return { plan, favourites: version === 2 ? favourites ?? [] : [] };
}

module.exports = { save, restore };
