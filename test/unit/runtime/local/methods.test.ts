import { afterEach, describe, expect, it } from 'vitest';
import * as $durable from '../../../../runtime/compiled.ts';
import { decodeInput, encodeInput } from '../../../../runtime/functions/input.ts';
import {
  createRuntime,
  MisuseError,
  memoryStore,
  type Runtime,
  registerClass,
  setDefaultRuntime,
  startChild,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';
import { eventsOf, recover } from '../../../support/crash.ts';

const add = async (a: number, b: number): Promise<number> => a + b;

const $checkout = $durable.define({
  id: 'Order.checkout',
  file: 'methods.ts',
  line: 1,
  column: 1,
  steps: [],
});
class Order {
  readonly #secret: number;
  readonly lines: number[];
  constructor(secret: number, lines: number[]) {
    this.#secret = secret;
    this.lines = lines;
  }
  get secret(): number {
    return this.#secret;
  }
  async checkout(lines: number[]): Promise<unknown> {
    const $ = $durable.enter($checkout);
    // biome-ignore lint/complexity/noArguments: what the compiler emits
    if ($ === undefined) return $durable.direct($checkout, this, arguments);
    const first = await $.call('add', add)(this.#secret, 1);
    return {
      first,
      second: await $.call('add', add)(first, 1),
      shared: lines === this.lines,
      instance: this instanceof Order,
    };
  }
}
registerClass(Order, {
  id: 'methods.test/order',
  encode: ({ secret, lines }) => ({ secret, lines }),
  decode: ({ secret, lines }) => new Order(secret, lines),
});
$durable.bindMethod($checkout, Order.prototype.checkout, Order);

class Rush extends Order {}

const runtimes: Runtime[] = [];
function runtimeOn(store = memoryStore()): Runtime {
  const runtime = createRuntime({ store });
  runtimes.push(runtime);
  return runtime;
}
afterEach(async () => {
  setDefaultRuntime(undefined);
  await Promise.all(runtimes.splice(0).map((runtime) => runtime.close()));
});

describe('a method of the instances of a registered class', () => {
  it('is started with its instance, which goes on after every crash as an instance', async () => {
    const store = memoryStore();
    const order = new Order(4, [1]);
    const run = await runtimeOn(store).start(order.checkout, [order.lines], { id: 'run', this: order });
    expect(await run.result()).toMatchObject({ first: 5, second: 6, shared: true });
    const events = eventsOf(store, 'run');
    for (let count = 1; count < events.length; count++) {
      expect((await recover(events.slice(0, count))).outcome).toMatchObject({
        value: { first: 5, second: 6, shared: true },
      });
    }
  });

  it('called outside of a run is a run with the instance in its input', async () => {
    setDefaultRuntime(runtimeOn());
    expect(await new Order(1, []).checkout([])).toMatchObject({ first: 2, shared: false });
  });

  it('called in a run goes on with the instance that it is called on', async () => {
    const outer = durable(async ($, secret: number) => {
      const order = new Order(secret, []);
      return $.method('order.checkout', order, 'checkout')(order.lines);
    });
    const run = await runtimeOn().start(outer, [8]);
    expect(await run.result()).toMatchObject({ first: 9, shared: true });
  });

  it('as a child is started with its instance', async () => {
    const outer = durable(async ($, order: Order) => {
      const child = (await $.call('startChild', startChild)(order.checkout, [[]], { this: order })) as {
        result(): Promise<unknown>;
      };
      return await child.result();
    });
    const run = await runtimeOn().start(outer, [new Order(2, [])]);
    expect(await run.result()).toMatchObject({ first: 3 });
  });

  it.each([
    ['no instance', undefined, /start\(order\.method, \[input\], \{ this: order \}\)/],
    ['an instance of something else', new Date(), /must be an instance of Order/],
    ['one of a class that is not registered', new Rush(1, []), /instance of Rush, which is not registered/],
  ])('refuses %s', async (_, receiver, message) => {
    const started = runtimeOn().start(Order.prototype.checkout, [[]], { this: receiver });
    await expect(started).rejects.toThrow(MisuseError);
    await expect(started).rejects.toThrow(message);
  });

  it('refuses an instance for a function', async () => {
    const fn = durable(async () => 1);
    await expect(runtimeOn().start(fn, [], { this: {} })).rejects.toThrow(/takes no \{ this \}/);
  });

  it('names the path to what of the instance cannot be carried', async () => {
    const order = new Order(1, [(() => {}) as unknown as number]);
    await expect(runtimeOn().start(order.checkout, [[]], { this: order })).rejects.toThrow(/input\.this/);
  });

  it('does not take the arguments of a function for those of a method, nor the other way round', () => {
    const plain = $durable.define({ id: 'plain', file: 'methods.ts', line: 1, column: 1, steps: [] });
    const ofFunction = encodeInput('start', plain, [1], {}) as string;
    const ofMethod = encodeInput('start', $checkout, [1], { this: new Order(1, []) }) as string;
    expect(decodeInput(plain, ofFunction)).toEqual({ receiver: undefined, args: [1] });
    expect(decodeInput($checkout, ofMethod)).toMatchObject({ receiver: { secret: 1 }, args: [1] });
    expect(() => decodeInput($checkout, ofFunction)).toThrow(/was no method of instances .* now it is one/);
    expect(() => decodeInput(plain, ofMethod)).toThrow(/was a method of instances .* now it is none/);
  });
});

describe('a class that says itself how it is carried', () => {
  const load = (line: number) => {
    const definition = $durable.define({ id: 'Pair.run', file: 'pair.ts', line, column: 1, steps: [] });
    class Pair {
      readonly #value: number;
      constructor(value: number) {
        this.#value = value;
      }
      async run(): Promise<unknown> {
        $durable.enter(definition);
        return [this.#value, this instanceof Pair];
      }
      [Symbol.for('use-durable.encode')](): number {
        return this.#value;
      }
      static [Symbol.for('use-durable.decode')](value: number): Pair {
        return new Pair(value);
      }
    }
    $durable.bindMethod(definition, Pair.prototype.run, Pair, 'Pair');
    return Pair;
  };

  it('needs no registration, also when its module is evaluated again', async () => {
    for (const line of [1, 2]) {
      const Pair = load(line);
      const pair = new Pair(line);
      const run = await runtimeOn().start(pair.run, [], { this: pair });
      expect(await run.result()).toEqual([line, true]);
    }
  });
});
