'use strict';

/**
 * How many days after the order a parcel is sent: `shippingDays(weekday, hour, items)`.
 *
 * - `weekday` is 0 (Monday) to 6 (Sunday), `hour` 0 to 23, `items` a list of {stock, large}.
 * - Orders before 14 o'clock on a working day (Monday to Friday) are sent on the same day: 0. Later ones go on the next working day.
 * - Orders on Saturday and Sunday go on Monday.
 * - An item that is not in stock (stock of 0) adds 3 working days, once for the whole order.
 * - A large item adds 1 working day for the order; so an order with a large item out of stock takes 4 more.
 * - An order without items throws a RangeError.
 */
function shippingDays(weekday, hour, items) {
  if (items.length === 0) throw new RangeError('an order has items');
  let working = hour < 14 ? 0 : 1;
  if (weekday > 4) working = 1;
  if (items.some((item) => item.stock === 0)) working += 3;
  if (items.some((item) => item.large)) working += 1;
  let days = 0;
  while (working > 0) {
    days += 1;
    if ((weekday + days) % 7 < 5) working -= 1;
  }
  return days;
}

module.exports = { shippingDays };
