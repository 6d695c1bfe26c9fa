// What `tsc` makes of a module for CommonJS: `charge` is called by another name.
Object.defineProperty(exports, '__esModule', { value: true });
const charge_js_1 = require('./charge.js');
exports.pay = async function pay(amount: number): Promise<unknown> {
  'use durable';
  return await (0, charge_js_1.charge)(amount);
};
