'use strict';

const MOST = 99;

function identity(item) {
  return JSON.stringify([item.sku, Object.entries(item.options ?? {}).sort()]);
}

function merge(saved, guest) {
  const merged = new Map();
  for (const item of [...saved, ...guest]) {
    if (item.count <= 0) continue;
    const key = identity(item);
    const before = merged.get(key)?.count ?? 0;
    const entry = merged.get(key) ?? { ...item, options: { ...item.options } };
    entry.count = Math.min(MOST, before + item.count);
    merged.set(key, entry);
  }
  return [...merged.values()];
}

module.exports = { merge };
