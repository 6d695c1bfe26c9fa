import { EventEmitter, once } from 'node:events';
import { stat } from 'node:fs/promises';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { MisuseError, SerializationError } from '../../../../runtime/base/errors.ts';
import { registerClass } from '../../../../runtime/values/classes.ts';
import { decode, encode, encodeResult } from '../../../../runtime/values/codec.ts';

const WHAT = 'result of step "query"';
// biome-ignore lint/suspicious/noExplicitAny: the tests ask for what is and for what isn't there.
const carry = (value: unknown): any => decode(encodeResult(value, WHAT) as string);
const refusal = (value: unknown): string => {
  try {
    void encodeResult(value, WHAT);
  } catch (error) {
    expect(error).toBeInstanceOf(SerializationError);
    return (error as Error).message;
  }
  return 'carried';
};

class Result {
  readonly command = 'SELECT';
  readonly rows = [{ id: 1, at: new Date(0) }];
  readonly parse = (): number => 1;
  private readonly _types = { parser: () => 1, name: 'int4' };
  private readonly _shape = { id: null };
  #seen = 0;
  get first(): unknown {
    this.#seen++;
    return this.rows[0];
  }
  get output(): never {
    throw new RangeError('no output was asked for');
  }
  each(visit: (row: unknown) => void): void {
    this.rows.forEach(visit);
  }
  toJSON(): unknown {
    return [this._types, this._shape, this.#seen];
  }
  toString(): string {
    return `${this.rows.length} rows`;
  }
}

class Rows extends Array<{ readonly id: number }> {
  declare count: number;
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
  pluck(): number[] {
    return this.map(({ id }) => id);
  }
}
const rows = (): Rows => {
  const made = Rows.from([{ id: 1 }, { id: 2 }]) as Rows;
  return Object.defineProperty(made, 'count', { value: 2 });
};

beforeAll(() => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  return () => warn.mockRestore();
});

describe('instances of a class that nobody registered', () => {
  it('come back with the data that they have, and with what their getters give', () => {
    const copy = carry(new Result());
    expect(copy.command).toBe('SELECT');
    expect(copy.rows).toEqual([{ id: 1, at: new Date(0) }]);
    expect(copy.first).toBe(copy.rows[0]);
    expect(copy._shape).toEqual({ id: null });
  });

  it('show what they show in plain code, when they are spread or listed', () => {
    expect(Object.keys(carry(new Result()))).toEqual(['command', 'rows', '_shape']);
    expect({ ...carry(new Result()) }.first).toBeUndefined();
    expect(carry(new Result()).constructor.name).toBe('Result');
  });

  it('throw where their methods are called, in words or by the language', () => {
    const copy = carry(new Result());
    for (const use of [
      () => copy.each(() => {}),
      () => copy.parse(),
      () => JSON.stringify({ copy }),
      () => `${copy}`,
      () => copy._types,
      () => new copy.constructor(),
    ])
      expect(use).toThrow(MisuseError);
    expect(() => copy.each()).toThrow(
      "`each` is a method of Result, and the journal keeps the data of a Result without its methods, since nobody registered the class. Use it in the step that has it, and return what is needed of it: `step('name', async () => (await f()).x)`; or call registerClass(Result).",
    );
    expect(typeof copy.each).toBe('function');
  });

  it('throw what their getters throw', () => {
    expect(() => carry(new Result()).output).toThrow(new RangeError('no output was asked for'));
  });

  it('may be lists, with properties beside their elements', () => {
    const copy = carry(rows());
    expect(Array.isArray(copy)).toBe(true);
    expect([...copy]).toEqual([{ id: 1 }, { id: 2 }]);
    expect(copy.length).toBe(2);
    expect(copy.count).toBe(2);
    expect(Object.keys(copy)).toEqual(['0', '1']);
    expect(copy.map(({ id }: { id: number }) => id * 2)).toEqual([2, 4]);
    expect(() => copy.pluck()).toThrow(/`pluck` is a method of Rows/);
  });

  it('may stand anywhere in a result, twice and in circles', () => {
    class Node {
      readonly name: string;
      parent: Node | undefined;
      readonly children: Node[] = [];
      constructor(name: string) {
        this.name = name;
      }
      add(child: Node): this {
        this.children.push(child);
        child.parent = this;
        return this;
      }
    }
    const child = new Node('b');
    const copy = carry({ root: new Node('a').add(child), map: new Map([['b', child]]) });
    expect(copy.root.children[0].parent).toBe(copy.root);
    expect(copy.map.get('b')).toBe(copy.root.children[0]);
    expect(() => copy.map.get('b').add()).toThrow(MisuseError);
  });

  it('may have a prototype chain, and data that is not enumerable', () => {
    class Base {
      readonly a = 1;
      get double(): number {
        return this.a * 2;
      }
      base(): void {}
    }
    class Derived extends Base {
      readonly b = 2;
      derived(): void {}
    }
    const copy = carry(Object.defineProperty(new Derived(), 'hidden', { value: 3 }));
    expect([copy.a, copy.b, copy.double, copy.hidden]).toEqual([1, 2, 2, 3]);
    expect(() => copy.base()).toThrow(MisuseError);
    expect(() => copy.derived()).toThrow(MisuseError);
    expect(Object.keys(copy)).toEqual(['a', 'b']);
  });

  it('keep what lies under symbols of all processes', () => {
    const shared = Symbol.for('use-durable.test.shared');
    const value = Object.assign(new Result(), { [shared]: 1, list: [{ a: 1, [Symbol('own')]: 2 }] });
    const copy = carry(value);
    expect(copy[shared]).toBe(1);
    expect(copy.list).toEqual([{ a: 1 }]);
    expect(carry(copy)[shared]).toBe(1);
  });

  it('of Node, too, if what they hold are properties', async () => {
    const stats = await stat('.');
    const copy = carry(stats);
    expect(copy.mtime).toEqual(stats.mtime);
    expect(copy.size).toBe(stats.size);
    expect(() => copy.isFile()).toThrow(MisuseError);
  });

  it('keep what is carried of a registered class with its methods', () => {
    class Job {
      readonly id = 1;
      readonly abort = (): void => {};
      next(): number {
        return this.id + 1;
      }
    }
    registerClass(Job, { id: 'parts/job' });
    const copy = carry({ job: new Job(), other: new Result() });
    expect(copy.job).toBeInstanceOf(Job);
    expect(copy.job.next()).toBe(2);
    expect(() => copy.job.abort()).toThrow(MisuseError);
  });
});

describe('plain objects around such an instance', () => {
  const response = (): object => ({
    status: 200,
    data: { a: 1 },
    headers: Object.assign(new Result(), { etag: 'x' }),
    config: {
      method: 'get',
      transform: [() => 1],
      adapter: { http: () => 1 },
      nested: { on: () => 1, ms: 5 },
    },
    request: new EventEmitter(),
  });

  it('lose what can not be carried one by one', () => {
    const copy = carry(response());
    expect([copy.status, copy.data, copy.headers.etag]).toEqual([200, { a: 1 }, 'x']);
    expect([copy.config.method, copy.config.nested.ms]).toEqual(['get', 5]);
    for (const use of [
      () => copy.request,
      () => copy.config.transform,
      () => copy.config.adapter,
      () => copy.config.nested.on(),
    ])
      expect(use).toThrow(MisuseError);
    expect(() => copy.request).toThrow(
      /`request` was left out of the journal: it is an EventEmitter\. Use it in/,
    );
    expect(JSON.parse(JSON.stringify({ ...copy, headers: 0 })).config).toEqual({
      method: 'get',
      nested: { ms: 5 },
    });
  });

  it('say once what they lost', () => {
    const warn = vi.spyOn(process, 'emitWarning');
    warn.mockClear();
    class Once extends Result {}
    const value = { ...response(), once: new Once() };
    carry(value);
    carry(value);
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      'The journal keeps the data of the result of step "query", but not the methods of Result, the methods of Once, result.headers.parse (a function), result.headers._types (an Object), result.config.nested.on (a function), result.config.transform (a list with a function in it), result.config.adapter (an object without data), result.once.parse (a function) and 2 more. Code that uses what was left out gets a MisuseError; use it in the step, or register the class with registerClass().',
    ]);
  });

  it('can be written again, as the result of the run or of another step', () => {
    const first = carry({ ...response(), list: rows() });
    first.data.a = 2;
    for (const copy of [decode(encode(first, 'result of run "r"') as string) as typeof first, carry(first)]) {
      expect(copy.data).toEqual({ a: 2 });
      expect(() => copy.request).toThrow(MisuseError);
      expect(() => copy.headers.each()).toThrow(MisuseError);
      expect(() => copy.headers.output).toThrow(RangeError);
      expect(copy.headers.first).toEqual({ id: 1, at: new Date(0) });
      expect(copy.list.count).toBe(2);
      expect(Object.keys(copy.headers)).toEqual(Object.keys(first.headers));
      expect(() => copy.list.pluck()).toThrow(MisuseError);
    }
  });

  it('can get other values for what was left out', () => {
    const copy = carry(response());
    copy.request = { id: 1 };
    expect(carry(copy).request).toEqual({ id: 1 });
    expect(Object.keys(copy)).toContain('request');
  });
});

describe('refused as a whole, by name', () => {
  class Counter {
    #n = 0;
    up(): number {
      return ++this.#n;
    }
  }
  const cache = new WeakMap<object, number>();
  class Cached {
    constructor() {
      cache.set(this, 1);
    }
    value(): number {
      return cache.get(this) ?? 0;
    }
  }
  class Table extends Map<string, number> {}
  class Lazy {
    readonly name = 'a';
    readonly done = Promise.resolve(1);
  }
  class Connection extends EventEmitter {
    readonly host = 'localhost';
  }
  class Cursor {
    readonly batch = 10;
    next(): number {
      return 1;
    }
  }
  class Query {
    readonly text = 'select 1';
    // biome-ignore lint/suspicious/noThenProperty: a query that runs when it is awaited
    then(): void {}
  }
  class Opened {
    readonly path = '/a';
    async [Symbol.asyncDispose](): Promise<void> {}
  }

  it.each([
    ['a class whose state is private', new Counter(), 'a Counter'],
    ['a class whose state is in a WeakMap', new Cached(), 'a Cached'],
    ['a class of a collection', new Table([['a', 1]]), 'a Table'],
    ['a class that holds a promise', new Lazy(), 'a Lazy'],
    ['a connection', new Connection(), 'a Connection'],
    ['a stream', Readable.from([1]), 'a Readable'],
    ['a thing with a position', new Cursor(), 'a Cursor'],
    ['a resource', new Opened(), 'an Opened'],
    ['what is awaited', { query: new Query() }, 'a Query'],
    ['an element of a list', [1, new Counter()], 'a Counter'],
  ])('%s', (_, value, what) => {
    expect(refusal(value)).toContain(`is ${what}.`);
  });

  it.each([
    ['functions in plain data', { a: 1, again: () => 1 }, 'result.again is a function'],
    ['symbols in plain data', { a: 1, key: Symbol('k') }, 'result.key is a symbol'],
    [
      'a promise that nobody awaited',
      { result: new Result(), more: Promise.resolve(1) },
      'result.more is a promise. Await it first.',
    ],
    ['nothing but a handle', { close: () => {}, socket: new EventEmitter() }, 'result.close is a function'],
  ])('%s', (_, value, message) => {
    expect(refusal(value)).toContain(message);
  });

  it('in what is no result of a step', () => {
    expect(() => encode(new Result(), 'result of run "r"')).toThrow(/result is a Result/);
  });
});

describe('how far what is kept in part is closed', () => {
  const MARK = Symbol.for('use-durable.test.mark');
  class Row {
    readonly id = 1;
    read(): number {
      return this.id;
    }
  }

  it.each(['freeze', 'seal', 'preventExtensions'] as const)('%s', (close) => {
    const closed: <T>(value: T) => T = Object[close] as never;
    const inner = closed({ a: 1, [MARK]: [1] });
    const kept = carry(closed(Object.assign(new Row(), { inner, [MARK]: inner })));
    for (const value of [kept, carry(kept), kept.inner, carry(closed({ rows: new Row(), [MARK]: 2 }))]) {
      expect(Object.isExtensible(value)).toBe(false);
      expect(Object.isSealed(value)).toBe(close !== 'preventExtensions');
      expect(Object.isFrozen(value)).toBe(close === 'freeze');
    }
    expect(kept[MARK]).toBe(kept.inner);
    expect(() => kept.read()).toThrow(MisuseError);
  });

  it('keys that are symbols stay hidden', () => {
    const value = Object.defineProperty(new Row(), MARK, { value: 1, configurable: true });
    for (const kept of [carry(value), carry(carry(value))])
      expect(Object.getOwnPropertyDescriptor(kept, MARK)).toMatchObject({ value: 1, enumerable: false });
  });

  it('what is open stays open', () => {
    const kept = carry(Object.assign(new Row(), { [MARK]: 1 }));
    expect(Object.isExtensible(kept)).toBe(true);
    expect(Object.getOwnPropertyDescriptor(kept, MARK)?.enumerable).toBe(true);
  });
});

describe('an answer of HTTP', () => {
  const answer = async (): Promise<IncomingMessage> => {
    const server = createServer((_, response) => response.setHeader('x-id', '7').end('{"a":1}'));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const [message] = (await once(get({ port, host: '127.0.0.1', agent: false }), 'response')) as [
      IncomingMessage,
    ];
    message.once('close', () => server.close());
    return message;
  };

  it('that was read into its body comes back with its data', async () => {
    const message = await answer();
    const body = JSON.parse(await text(message)) as unknown;
    const copy = carry(Object.assign(message, { body }));
    expect([copy.body, copy.statusCode, copy.headers['x-id'], copy.httpVersion]).toEqual([
      { a: 1 },
      200,
      '7',
      '1.1',
    ]);
    expect(() => copy.pipe()).toThrow(MisuseError);
    expect(() => copy.socket).toThrow(MisuseError);
  });

  it('that was not read is refused', async () => {
    const message = await answer();
    expect(refusal(message)).toMatch(/is an IncomingMessage/);
    expect(refusal(Object.assign(message, { body: undefined }))).toMatch(/is an IncomingMessage/);
    message.destroy();
  });
});
