'use strict';
// Runs the answer's tests against the right module and against wrong ones.
const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');

const WRONG = [
  ['14 o\'clock is early', 'hour < 14', 'hour <= 14'],
  ['friday is weekend', 'weekday > 4', 'weekday > 3'],
  ['saturday is a working day', 'weekday > 4', 'weekday > 5'],
  ['late orders on a weekend lose a day', 'if (weekday > 4) working = 1;', 'if (weekday > 4) working += 1;'],
  ['weekends count as working days', '% 7 < 5', '% 7 < 7'],
  ['every missing item adds days', 'if (items.some((item) => item.stock === 0)) working += 3;', 'working += 3 * items.filter((item) => item.stock === 0).length;'],
  ['all items must be missing', 'items.some((item) => item.stock', 'items.every((item) => item.stock'],
  ['all items must be large', 'items.some((item) => item.large', 'items.every((item) => item.large'],
  ['large does not count when stock is missing', 'if (items.some((item) => item.large', 'else if (items.some((item) => item.large'],
  ['no items are fine', 'if (items.length === 0) throw new RangeError(\'an order has items\');', ''],
];

const right = fs.readFileSync('shipping.js', 'utf8');
let failed = 0;

function passes(source) {
  const box = fs.mkdtempSync('box-');
  fs.writeFileSync(path.join(box, 'shipping.js'), source);
  fs.copyFileSync('shipping.test.js', path.join(box, 'shipping.test.js'));
  const run = spawnSync(process.execPath, ['shipping.test.js'], { cwd: box, timeout: 20000 });
  fs.rmSync(box, { recursive: true });
  return run.status === 0;
}

function check(what, source, expected) {
  const got = passes(source);
  if (got === expected) return;
  failed += 1;
  const words = (good) => (good ? 'passing tests' : 'a failing test');
  console.log(`FAIL ${what}: expected ${words(expected)}, got ${words(got)}`);
}

check('the right module', right, true);
for (const [what, old, changed] of WRONG) {
  if (right.split(old).length !== 2) throw new Error(`${what}: the text to change is not there once`);
  check(what, right.replace(old, changed), false);
}
console.log(`${WRONG.length + 1 - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
