'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const { placeOrder } = require('./orders.js');

const ORDER = { sku: 'tent', count: 2, cents: 500, customer: 'Ida' };

function shop(failing = {}) {
  const answer = { findStock: 5, charge: 'r-1', reserve: undefined, refund: undefined, notify: undefined };
  const services = { log: [] };
  for (const name of Object.keys(answer)) {
    services[name] = function (...args) {
      const done = args.pop();
      this.log.push([name, ...args]);
      setImmediate(() => (failing[name] ? done(failing[name]) : done(null, answer[name])));
    };
  }
  return services;
}

test('a placed order', async () => {
  const services = shop();
  assert.deepEqual(await placeOrder(services, ORDER), { receipt: 'r-1', notified: true });
  assert.deepEqual(services.log,
    [['findStock', 'tent'], ['charge', 'Ida', 1000], ['reserve', 'tent', 2], ['notify', 'Ida', '2 x tent']]);
});

test('it returns a promise', async () => {
  const promise = placeOrder(shop(), ORDER);
  assert.ok(promise instanceof Promise);
  await promise;
});

test('exactly enough stock', async () => {
  assert.equal((await placeOrder(shop(), { ...ORDER, count: 5 })).receipt, 'r-1');
});

test('too little stock', async () => {
  const services = shop();
  await assert.rejects(placeOrder(services, { ...ORDER, count: 6 }), { message: 'only 5 left' });
  assert.deepEqual(services.log, [['findStock', 'tent']]);
});

for (const name of ['findStock', 'charge']) {
  test(`an error of ${name}`, async () => {
    const error = new Error(name);
    await assert.rejects(placeOrder(shop({ [name]: error }), ORDER), (caught) => caught === error);
  });
}

test('a failed reservation is refunded', async () => {
  const error = new Error('gone');
  const services = shop({ reserve: error });
  await assert.rejects(placeOrder(services, ORDER), (caught) => caught === error);
  assert.deepEqual(services.log.at(-1), ['refund', 'r-1']);
});

test('a failed refund does not hide the reason', async () => {
  const error = new Error('gone');
  await assert.rejects(placeOrder(shop({ reserve: error, refund: new Error('bank') }), ORDER), (caught) => caught === error);
});

test('a failed message does not matter', async () => {
  assert.deepEqual(await placeOrder(shop({ notify: new Error('mail') }), ORDER), { receipt: 'r-1', notified: false });
});

test('an exception at once', async () => {
  const services = shop();
  services.charge = () => { throw new TypeError('broken'); };
  await assert.rejects(placeOrder(services, ORDER), TypeError);
});

test('the structure', () => {
  const source = fs.readFileSync(`${__dirname}/orders.js`, 'utf8');
  const count = (word) => source.split(word).length - 1;
  assert.ok(count('callback') <= 1, `expected at most one "callback", got ${count('callback')}`);
  assert.ok(count('new Promise') <= 1, `expected at most one "new Promise", got ${count('new Promise')}`);
  assert.equal(count('.then('), 0, 'expected no ".then("');
});
