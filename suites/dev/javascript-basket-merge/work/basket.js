'use strict';

function merge(saved, guest) {
  const result = saved;
  for (const item of guest) {
    const same = result.find(
      (other) => other.sku === item.sku && JSON.stringify(other.options) === JSON.stringify(item.options));
    if (same) {
      same.count += item.count;
    } else {
      result.push(item);
    }
  }
  return result.filter((item) => item.count);
}

module.exports = { merge };
