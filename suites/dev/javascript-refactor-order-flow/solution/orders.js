'use strict';

const { promisify } = require('node:util');

async function placeOrder(services, { sku, count, cents, customer }) {
  const call = (name, ...args) => promisify(services[name]).apply(services, args);

  const left = await call('findStock', sku);
  if (left < count) throw new Error(`only ${left} left`);
  const receipt = await call('charge', customer, count * cents);
  try {
    await call('reserve', sku, count);
  } catch (error) {
    await call('refund', receipt).catch(() => {});
    throw error;
  }
  try {
    await call('notify', customer, `${count} x ${sku}`);
  } catch {
    return { receipt, notified: false };
  }
  return { receipt, notified: true };
}

module.exports = { placeOrder };
