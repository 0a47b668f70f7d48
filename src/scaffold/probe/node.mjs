// What a candidate does: loads its modules, runs tests on them, and tells every check as a line of JSON, as python.py does.
//
//     node node.mjs plan.json
//
// Tests come from a model, with node:assert, expect() or console.assert; what is no code is passed over.
import fs from "node:fs";
import path from "node:path";
import util from "node:util";
import { pathToFileURL } from "node:url";

const plan = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const SECONDS_OF_A_TEST = 2;
const write = fs.writeSync;
const tell = (record) => write(1, JSON.stringify(record) + "\n");
const shown = (value) => util.inspect(value, { depth: 6, breakLength: Infinity }).slice(0, 400);
let unit = "";
let count = 0;

function check(ok, value) {
  count += 1;
  tell({ unit, check: count, value, ok: Boolean(ok) });
}

const equal = (found, wanted) => check(util.isDeepStrictEqual(found, wanted), shown(found));
const truth = (found) => check(found, shown(Boolean(found)));
const differs = (found, other) => check(!util.isDeepStrictEqual(found, other), shown(found));

function throws(action) {
  try {
    action();
  } catch (error) {
    return check(true, error?.constructor?.name ?? "something");
  }
  check(false, "nothing thrown");
}

const assert = Object.assign(truth, {
  ok: truth,
  equal,
  strictEqual: equal,
  deepEqual: equal,
  deepStrictEqual: equal,
  notEqual: differs,
  notStrictEqual: differs,
  notDeepEqual: differs,
  notDeepStrictEqual: differs,
  throws,
});

function expect(found) {
  const matchers = (flip) => ({
    toBe: (wanted) => (flip ? differs(found, wanted) : equal(found, wanted)),
    toEqual: (wanted) => (flip ? differs(found, wanted) : equal(found, wanted)),
    toStrictEqual: (wanted) => (flip ? differs(found, wanted) : equal(found, wanted)),
    toBeTruthy: () => truth(flip ? !found : found),
    toBeFalsy: () => truth(flip ? found : !found),
    toBeNull: () => (flip ? differs(found, null) : equal(found, null)),
    toBeUndefined: () => (flip ? differs(found, undefined) : equal(found, undefined)),
    toBeCloseTo: (wanted) => check(Math.abs(found - wanted) < 0.005 !== flip, shown(found)),
    toHaveLength: (wanted) => check((found.length === wanted) !== flip, shown(found.length)),
    toContain: (wanted) => check(found.includes(wanted) !== flip, shown(found)),
    toThrow: () => throws(found),
  });
  return { ...matchers(false), not: matchers(true) };
}

const AsyncFunction = (async () => {}).constructor;

function compiled(lines, names) {
  try {
    return new AsyncFunction(...names, lines.join("\n"));
  } catch {
    return null;
  }
}

// The parts of a text that can be run one after the other, so that an error in one does not hide the rest. A text that declares
// something is one part: its longest beginning that is code, because an answer may be cut anywhere.
function parts_of(text, names) {
  const lines = text
    .split("\n")
    .filter((line) => !/^\s*import\s|^\s*(const|let|var)\s.*=\s*(require|await import)\s*\(/.test(line));
  if (lines.some((line) => /^(const|let|var|function|class|async)\b/.test(line))) {
    for (; lines.length > 0; lines.pop()) {
      const whole = compiled(lines, names);
      if (whole !== null) return [whole];
    }
    return [];
  }
  const parts = [];
  let open = [];
  for (const line of lines) {
    open.push(line);
    const part = compiled(open, names);
    if (part === null) continue;
    if (open.some((each) => each.trim() !== "")) parts.push(part);
    open = [];
  }
  return parts;
}

const space = {};
try {
  for (const file of plan.modules) {
    if (!fs.existsSync(file)) continue;
    const module = await import(pathToFileURL(path.resolve(file)));
    const whole = module.default;
    if (whole !== null && (typeof whole === "object" || typeof whole === "function")) Object.assign(space, whole);
    if (typeof whole === "function" && whole.name) space[whole.name] = whole;
    for (const [name, value] of Object.entries(module)) if (name !== "default") space[name] = value;
  }
  tell({ loads: true });
} catch (error) {
  tell({ loads: false, error: `${error?.name}: ${error?.message}`.slice(0, 400) });
  process.exit();
}
console.log = console.info = console.warn = console.error = () => {};
console.assert = truth;

const run_before = new Set();
for (const [number, text] of plan.tests.entries()) {
  let part = 0;
  const begin = () => {
    part += 1;
    unit = `${number}.${part}`;
    count = 0;
  };
  async function test(name, action) {
    if (typeof action !== "function" || run_before.has(String(action))) return;
    run_before.add(String(action));
    begin();
    try {
      await Promise.race([
        action(),
        new Promise((_, fail) => setTimeout(() => fail(new RangeError("too long")), SECONDS_OF_A_TEST * 1000).unref()),
      ]);
    } catch (error) {
      tell({ unit, check: count + 1, value: `throws ${error?.constructor?.name}`, ok: false });
    }
  }
  const group = (name, action) => action?.();
  const given = { ...space, assert, expect, test, it: test, describe: group, require: () => assert };
  const names = Object.keys(given).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name));
  for (const code of parts_of(text, names)) {
    if (run_before.has(String(code))) continue;
    run_before.add(String(code));
    begin();
    try {
      await code(...names.map((name) => given[name]));
    } catch (error) {
      tell({ unit, check: count + 1, value: `throws ${error?.constructor?.name}`, ok: false });
    }
  }
}
process.exit();
