'use strict';

function retryPlan({ tries, first, factor = 2, most = Number.MAX_VALUE, total = Number.MAX_VALUE }) {
  const sound = [tries, first, factor, most, total].every(Number.isFinite);
  if (!sound || !Number.isInteger(tries) || tries < 1 || first < 0 || factor < 1) {
    throw new RangeError('senseless options');
  }
  const waits = [];
  let sum = 0;
  for (let wait = first; waits.length < tries - 1; wait *= factor) {
    const next = Math.round(Math.min(wait, most));
    if (sum + next > total) {
      if (total > sum) waits.push(total - sum);
      break;
    }
    waits.push(next);
    sum += next;
  }
  return waits;
}

module.exports = { retryPlan };
