'use strict';

function plural(name) {
  if (/(s|x|ch|sh)$/.test(name)) return `${name}es`;
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return `${name}s`;
}

function sentence(items) {
  const counts = new Map();
  for (const item of items) {
    const name = item.trim().toLowerCase();
    if (name !== '') counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const parts = [...counts].map(([name, count]) => (count === 1 ? name : `${count} ${plural(name)}`));
  if (parts.length === 0) return 'Nothing to pack.';
  const last = parts.pop();
  return `Pack ${parts.length > 0 ? `${parts.join(', ')} and ` : ''}${last}.`;
}

module.exports = { sentence };
