import { describe, expect, it, vi } from 'vitest';
import { Deliveries, type DeliverySource } from '../../../../runtime/engines/aws-lambda/deliveries.ts';
import { ForeignPromises } from '../../../../runtime/engines/aws-lambda/foreign.ts';
import { LIMITS } from '../../../../runtime/engines/aws-lambda/limits.ts';
import { controlOf, operationId, operationName } from '../../../../runtime/engines/aws-lambda/names.ts';
import { Operations, TrackedOperation } from '../../../../runtime/engines/aws-lambda/operations.ts';
import { DeliveryOrder } from '../../../../runtime/engines/aws-lambda/order.ts';
import { checkJson } from '../../../../runtime/engines/aws-lambda/result.ts';
import { loadSdk } from '../../../../runtime/engines/aws-lambda/sdk.ts';
import { readStamp, stamp } from '../../../../runtime/engines/aws-lambda/stamps.ts';
import { MisuseError, StoreError, UnsupportedError } from '../../../../runtime/index.ts';
import { LineCount } from '../../../../runtime/run/line-count.ts';

describe('names of operations', () => {
  it('leaves keys alone that the engine takes', () => {
    for (const key of ['validateUser', 'sleep[12]', 'items.map[3]/charge', '"a b"', 'x'.repeat(256)]) {
      expect(operationName(key)).toBe(key);
    }
  });

  it('makes all others fit, each in its own way, and always the same', () => {
    const long = `${'deeply/'.repeat(60)}charge`;
    const keys = [long, `${long}[1]`, '料金', '料金[1]', '', '~order', 'tab\there', 'x'.repeat(257)];
    const names = keys.map(operationName);
    for (const name of names) expect(name).toMatch(/^[\x20-\x7e]{1,256}$/);
    expect(new Set(names).size).toBe(keys.length);
    expect(names.map(controlOf)).toEqual(keys.map(() => undefined));
    expect(keys.map(operationName)).toEqual(names);
    expect(operationName('料金')).toMatch(/^\?\?~[0-9a-f]{32}$/);
  });

  it('changes a key that looks like a changed one', () => {
    const changed = operationName('料金');
    expect(operationName(changed)).not.toBe(changed);
  });

  it('numbers operations as the SDK does', () => {
    expect([1, 2, 10].map(operationId)).toEqual(['c4ca4238a0b92382', 'c81e728d9d4c2f63', 'd3d9446802a44259']);
  });
});

describe('the order of deliveries', () => {
  const awaited = (...names: string[]) =>
    new Map(names.map((name) => [name, { final: name.startsWith('done') }]));

  it('goes by the numbers', () => {
    const order = new DeliveryOrder();
    order.record(1, 'a');
    order.record(0, 'b');
    expect(order.decide(awaited('a', 'b'), false)).toEqual({ type: 'deliver', name: 'b' });
    expect(order.decide(awaited('a'), false)).toEqual({ type: 'deliver', name: 'a' });
    expect(order.decide(awaited('c'), false)).toEqual({ type: 'live' });
    expect(order.next).toBe(2);
  });

  it('delivers without a number only what can come alone', () => {
    const order = new DeliveryOrder();
    expect(order.decide(awaited('done', 'other'), false)).toEqual({ type: 'live' });
    expect(order.decide(awaited('done'), true)).toEqual({ type: 'live' });
    expect(order.decide(awaited('pending'), false)).toEqual({ type: 'live' });
    expect(order.decide(awaited('done'), false)).toEqual({ type: 'deliver', name: 'done' });
  });

  it('says what the run has to ask for', () => {
    const order = new DeliveryOrder();
    order.record(1, 'a');
    expect(order.decide(awaited('b'), false)).toEqual({ type: 'missing', name: 'a' });
    expect(order.decide(awaited('done'), false)).toEqual({ type: 'deliver', name: 'done' });
    expect(order.decide(awaited('b'), false)).toEqual({ type: 'missing', name: 'a' });
  });
});

describe('stamps', () => {
  it('come back with the value', () => {
    const text = stamp({ n: 3, at: 17, failed: true }, '1j"two\nlines"');
    expect(readStamp('x', text)).toEqual({ n: 3, at: 17, failed: true, value: '1j"two\nlines"' });
  });

  it('refuses what something else wrote', () => {
    for (const text of [undefined, '', '{"a":1}', 'null\n', '{\nx']) {
      expect(() => readStamp('charge', text)).toThrow(StoreError);
      expect(() => readStamp('charge', text)).toThrow('"charge" was not recorded by use-durable');
    }
  });

  it('refuses operations of other code', () => {
    const operation = {
      Id: 'x',
      Name: 'charge',
      Type: 'STEP',
      Status: 'STARTED',
      StartTimestamp: new Date(),
    } as const;
    expect(() => new Operations([operation])).toThrow(StoreError);
    expect(() => new Operations([{ ...operation, Id: operationId(1), Name: undefined }])).toThrow(StoreError);
    expect(new Operations([{ ...operation, Id: operationId(1) }]).named('charge')?.started).toBe(true);
  });
});

describe('results as JSON', () => {
  it('lets through what JSON carries, and what says how it wants to be carried', () => {
    class Point {
      x = 1;
    }
    const shared = { a: 1 };
    const value = {
      text: 'x',
      list: [1, null, true],
      none: undefined,
      at: new Date(0),
      point: new Point(),
      shared,
      again: shared,
    };
    expect(() => checkJson(value)).not.toThrow();
    expect(() => checkJson(undefined)).not.toThrow();
  });

  it('names what it would lose', () => {
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const cases: [unknown, string][] = [
      [{ a: [new Map()] }, 'result.a[0] is a Map'],
      [{ big: 1n }, 'result.big is a bigint'],
      [Number.NaN, 'result is NaN'],
      [{ zero: -0 }, 'result.zero is -0'],
      [[undefined], 'result[0] is undefined in an array'],
      [{ f() {} }, 'result.f is a function'],
      [cyclic, 'result.self is a cycle'],
      [/x/, 'result is a RegExp'],
      [new Error('x'), 'result is a Error'],
    ];
    for (const [value, message] of cases) expect(() => checkJson(value), message).toThrow(message);
  });
});

describe('lines', () => {
  it('are printed by one invocation', () => {
    const lines = new LineCount();
    lines.recover(2);
    lines.recover(undefined);
    expect([1, 2, 3].map(() => lines.admit(false))).toEqual([false, false, true]);
    expect(lines.take()).toBe(3);
    expect(lines.take()).toBeUndefined();
    expect(lines.admit(true)).toBe(false);
    expect(lines.unrecorded).toBe(false);
    expect(lines.admit(false)).toBe(true);
    expect(lines.take()).toBe(5);
  });
});

describe('limits', () => {
  it('tells when more is recorded than the engine keeps', () => {
    const tooMuch = vi.fn();
    const operations = new Operations([]);
    const source: DeliverySource = {
      classes: undefined,
      requestOf: () => undefined,
      arrivals: () => [],
      attemptEnded: () => {},
      controlEnded: () => {},
      tooMuch,
    };
    const deliveries = new Deliveries(source, operations, new LineCount());
    const send = (position: number, value: string): void => {
      const operation = new TrackedOperation(`step[${position}]`, 'STEP');
      operations.add(operation);
      operation.outcome = { ok: true, value };
      const update = {
        Id: operationId(position),
        Name: operation.name,
        Type: 'STEP',
        Action: 'SUCCEED',
      } as const;
      deliveries.send(update);
    };
    deliveries.resume(0, LIMITS.total - 1000);
    send(1, 'x'.repeat(500));
    expect(tooMuch).not.toHaveBeenCalled();
    send(2, 'x'.repeat(500));
    expect(tooMuch).toHaveBeenCalledOnce();
  });

  it('refuses an SDK that numbers operations in another way', () => {
    const deliveries = new Deliveries({} as DeliverySource, new Operations([]), new LineCount());
    const update = { Id: 'other', Name: 'step', Type: 'STEP', Action: 'START' } as const;
    expect(() => deliveries.send(update)).toThrow(UnsupportedError);
  });
});

describe('foreign promises', () => {
  it('are waited for until they are no longer young', async () => {
    const foreign = new ForeignPromises(30);
    expect(foreign.young).toBe(false);
    foreign.add(new Promise(() => {}));
    expect([foreign.young, foreign.pending]).toEqual([true, true]);
    expect(await foreign.next(1)).toBe(false);
    await foreign.calm();
    expect([foreign.young, foreign.pending]).toEqual([false, true]);
  });

  it('tells when one has settled', async () => {
    const foreign = new ForeignPromises(10_000);
    foreign.add(Promise.reject(new Error('ignored')));
    expect(await foreign.next()).toBe(true);
    expect(foreign.pending).toBe(false);
  });
});

it('says which package is missing', async () => {
  const missing = loadSdk(() => Promise.reject(new Error('Cannot find package')));
  await expect(missing).rejects.toThrow(MisuseError);
  await expect(missing).rejects.toThrow('npm install @aws/durable-execution-sdk-js');
});
