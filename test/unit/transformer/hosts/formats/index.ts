import { runEverything } from 'run-everything';
import unnamed, { arrow, callsDecorated, main, Order, Pair, shop, Space, Till } from './main.js';
import { render } from './view.js';

async function all(): Promise<void> {
  const order = new Order(7);
  const pair = new Pair(8);
  await runEverything([
    [main, [1, { a: 1 }]],
    [main, [-1]],
    [arrow, [2]],
    [shop.run, [3]],
    [shop.expression, [4]],
    [Space.declared, [5]],
    [Space.Deep.bound, [6]],
    [Till.plain, [7]],
    [Till.quick, [8]],
    [callsDecorated, [9]],
    [order.checkout, [10], { this: order }],
    [pair.run, [], { this: pair }],
    [unnamed, [11]],
    [render, [12]],
  ]);
}
void all();
