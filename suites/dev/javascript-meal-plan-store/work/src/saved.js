'use strict';
const { initial } = require('./state.js');

function save(state) {
  return JSON.stringify({ version: 1, plan: state.plan });
}

function restore(text) {
  const { plan } = JSON.parse(text);
  return { ...initial, plan };
}

module.exports = { save, restore };
