'use strict';

function placeOrder(services, order, callback) {
  services.findStock(order.sku, (error, left) => {
    if (error) {
      callback(error);
    } else if (left < order.count) {
      callback(new Error('only ' + left + ' left'));
    } else {
      services.charge(order.customer, order.count * order.cents, (error, receipt) => {
        if (error) {
          callback(error);
        } else {
          services.reserve(order.sku, order.count, (error) => {
            if (error) {
              services.refund(receipt, () => {
                callback(error);
              });
            } else {
              services.notify(order.customer, order.count + ' x ' + order.sku, (problem) => {
                callback(null, { receipt: receipt, notified: !problem });
              });
            }
          });
        }
      });
    }
  });
}

module.exports = { placeOrder };
