'use strict';

const TAG = /\{\{\s*([#^/]?)\s*([\w.]+)\s*(?:\|([^{}]*))?\}\}/g;

function parse(template) {
  const root = { nodes: [] };
  const open = [root];
  let last = 0;
  for (const match of template.matchAll(TAG)) {
    const [text, sign, path, fallback] = match;
    open.at(-1).nodes.push({ text: template.slice(last, match.index) });
    last = match.index + text.length;
    if (sign === '') {
      open.at(-1).nodes.push({ path, fallback: fallback?.trim() });
    } else if (sign !== '/') {
      const section = { path, sign, nodes: [] };
      open.at(-1).nodes.push(section);
      open.push(section);
    } else if (open.length === 1) {
      throw new Error(`section ${path} is not open`);
    } else {
      if (open.at(-1).path !== path) break;
      open.pop();
    }
  }
  if (open.length > 1) throw new Error(`section ${open.at(-1).path} is not closed`);
  root.nodes.push({ text: template.slice(last) });
  return root.nodes;
}

function has(value, name) {
  return value !== null && typeof value === 'object' && Object.hasOwn(value, name);
}

function lookup(scopes, path) {
  if (path === '.') return scopes.at(-1);
  const [first, ...rest] = path.split('.');
  const scope = scopes.findLast((candidate) => has(candidate, first));
  return [first, ...rest].reduce((value, name) => (has(value, name) ? value[name] : undefined), scope);
}

function inserted(node, scopes) {
  const value = lookup(scopes, node.path);
  if (value === undefined || value === null) {
    if (node.fallback === undefined) throw new Error(`no value for ${node.path}`);
    return node.fallback;
  }
  if (typeof value === 'object') throw new Error(`no text for ${node.path}`);
  return String(value);
}

function section(node, scopes) {
  const value = lookup(scopes, node.path);
  const list = Array.isArray(value);
  const shown = list ? value.length > 0 : Boolean(value);
  if (node.sign === '^') return shown ? '' : render(node.nodes, scopes);
  if (list) return value.map((element) => render(node.nodes, [...scopes, element])).join('');
  return shown ? render(node.nodes, scopes) : '';
}

function render(nodes, scopes) {
  return nodes.map((node) => {
    if (node.text !== undefined) return node.text;
    return node.nodes ? section(node, scopes) : inserted(node, scopes);
  }).join('');
}

function fill(template, data) {
  return render(parse(template), [data]);
}

module.exports = { fill };
