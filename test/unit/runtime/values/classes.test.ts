import { describe, expect, it } from 'vitest';
import { MisuseError, SerializationError } from '../../../../runtime/base/errors.ts';
import { type ClassScope, DECODE, ENCODE, registerClass } from '../../../../runtime/values/classes.ts';
import { decode, encode } from '../../../../runtime/values/codec.ts';

const WHAT = 'result of step "buy"';
const text = (value: unknown, scope?: ClassScope): string => encode(value, WHAT, scope) as string;
const carry = <T>(value: T, scope?: ClassScope): T => decode(text(value, scope), scope) as T;

class Money {
  readonly amount: number;
  readonly currency: string;
  constructor(amount: number, currency: string) {
    if (new.target === undefined || amount === undefined) throw new Error('not to be called at reading');
    this.amount = amount;
    this.currency = currency;
  }
  get shown(): string {
    return `${this.amount} ${this.currency}`;
  }
}
class Tip extends Money {}
registerClass(Money);

class Point {
  readonly #x: number;
  static made = 0;
  private constructor(x: number) {
    this.#x = x;
    Point.made++;
  }
  static at(x: number): Point {
    return new Point(x);
  }
  get x(): number {
    return this.#x;
  }
  [ENCODE](): unknown {
    return { x: this.#x };
  }
  static [DECODE](data: { x: number }): Point {
    return new Point(data.x);
  }
}

class Box {
  content: unknown;
}

describe('registerClass', () => {
  it('carries own properties without running the constructor', () => {
    const copy = carry({ price: new Money(5, 'EUR') }).price;
    expect(copy).toBeInstanceOf(Money);
    expect(copy.shown).toBe('5 EUR');
    expect(Object.keys(copy)).toEqual(['amount', 'currency']);
  });

  it('takes the most derived class that is known', () => {
    const before = carry(new Tip(1, 'EUR'));
    expect(before.constructor).toBe(Money);
    registerClass(Tip);
    expect(carry(new Tip(1, 'EUR')).constructor).toBe(Tip);
  });

  it('takes encode and decode', () => {
    class Secret {
      readonly #word: string;
      constructor(word: string) {
        this.#word = word;
      }
      reveal(): string {
        return this.#word;
      }
    }
    registerClass(Secret, {
      id: 'test/secret',
      encode: (s) => s.reveal(),
      decode: (word) => new Secret(word),
    });
    const shared = new Secret('hush');
    const copy = carry([shared, { shared }] as const);
    expect(copy[0].reveal()).toBe('hush');
    expect(copy[1].shared).toBe(copy[0]);
    expect(text(shared)).toContain('"test/secret"');
  });

  it('takes the pair of symbols', () => {
    registerClass(Point);
    expect(carry(Point.at(3)).x).toBe(3);
  });

  it('keeps data of an encode apart from its fields', () => {
    class Wild {
      data: unknown;
      constructor(data: unknown) {
        this.data = data;
      }
    }
    registerClass(Wild, { encode: ({ data }) => data, decode: (data) => new Wild(data) });
    for (const data of [undefined, null, 0, '', [1n], { '~': 1 }, new Map([[1, { '~data': 2 }]])]) {
      expect(carry(new Wild(data)).data).toStrictEqual(data);
    }
    expect(() => text({ w: new Wild({ deep: [() => 1] }) })).toThrow(/result\.w\.deep\[0\] is a function/);
  });

  it('keeps cycles through instances', () => {
    registerClass(Box);
    const box = new Box();
    box.content = { list: [box] };
    const copy = carry(box);
    expect(copy).toBeInstanceOf(Box);
    expect((copy.content as { list: Box[] }).list[0]).toBe(copy);
  });

  it('refuses a cycle through an encode, and forgives a second reference', () => {
    class Node {
      next: unknown;
    }
    registerClass(Node, {
      encode: ({ next }) => [next],
      decode: ([next]) => Object.assign(new Node(), { next }),
    });
    const node = new Node();
    const pair = carry([node, node]);
    expect(pair[0]).toBe(pair[1]);
    node.next = { back: node };
    expect(() => text({ node })).toThrow(SerializationError);
    expect(() => text({ node })).toThrow(/holds a Node whose own encoding leads back to it/);
  });

  it('keeps strange names of properties, calling no setters', () => {
    class Strange {
      set caught(_: unknown) {
        throw new Error('called');
      }
    }
    registerClass(Strange);
    const value = Object.defineProperties(new Strange(), {
      ...Object.getOwnPropertyDescriptors(JSON.parse('{"__proto__":1,"~":2,"7":3,"~7":4,"~data":5,"":6}')),
      caught: { value: 7, enumerable: true },
    });
    const copy = carry(value);
    expect(copy).toBeInstanceOf(Strange);
    expect(Object.entries(copy).sort()).toEqual(Object.entries(value).sort());
  });

  it('refuses what a class of the language would lose', () => {
    class Tags extends Map<string, number> {}
    registerClass(Tags);
    expect(() => text({ t: new Tags() })).toThrow(
      /result\.t is a Tags, and the contents of a Map are not properties/,
    );
    const mark: unique symbol = Symbol('mark');
    class Marked {
      readonly [mark] = 1;
    }
    registerClass(Marked);
    expect(() => text(new Marked())).toThrow(/has a symbol as a key/);
  });

  it('refuses a second class of the same id, but not the same class again', () => {
    expect(() => registerClass(Money)).not.toThrow();
    expect(() => registerClass(class Money {})).toThrow(MisuseError);
    expect(() => registerClass(class Money {})).toThrow(
      /two classes are registered as "Money": .*classes\.test\.ts:\d+:\d+ and .*classes\.test\.ts.*id/,
    );
    expect(carry(new Money(1, 'X')).shown).toBe('1 X');
  });

  it('reads a class under all its ids and writes the first', () => {
    registerClass(Money, { id: 'OldMoney' });
    const written = text(new Money(1, 'X'));
    expect(written).toContain('"Money"');
    expect(decode(written.replace('"Money"', '"OldMoney"'))).toEqual(new Money(1, 'X'));
  });

  it('refuses what is no usable class', () => {
    expect(() => registerClass(class {})).toThrow(/no name/);
    expect(() => registerClass((() => 1) as never)).toThrow(/must be a class/);
    expect(() => registerClass(undefined as never)).toThrow(MisuseError);
    expect(() => registerClass(class Half {}, { encode: () => 1 })).toThrow(/only one of encode and decode/);
  });
});

describe('an instance in a journal', () => {
  it('has no private members, and its methods say so, while its data is there', async () => {
    class Vault {
      readonly #key = 7;
      open = true;
      get key(): number {
        return this.#key;
      }
      total(): number {
        return this.#key;
      }
      isOpen(): boolean {
        return this.open;
      }
    }
    registerClass(Vault, { id: 'a class with private members' });
    const warned = new Promise<Error>((resolve) => void process.once('warning', resolve));
    const copy = decode(encode(new Vault(), 'value') as string) as Vault;
    expect(copy).toBeInstanceOf(Vault);
    expect([copy.open, copy.isOpen()]).toEqual([true, true]);
    expect(() => copy.total()).toThrow(MisuseError);
    expect(() => copy.total()).toThrow(
      /^"total" of Vault needs private members, .* came out of it without them/,
    );
    expect(() => copy.key).toThrow(/^"key" of Vault needs private members/);
    const { message, code } = (await warned) as NodeJS.ErrnoException;
    expect(code).toBe('USE_DURABLE_PRIVATE');
    expect(message).toMatch(/^The journal was given a Vault, whose private members .*: total\(\) needs them/);
  });

  it('of an unknown class is a clear error', () => {
    const written = text(new Money(1, 'X')).replace('"Money"', '"Gone"');
    expect(() => decode(written)).toThrow(SerializationError);
    expect(() => decode(written)).toThrow(/class "Gone", which is not registered in this process/);
  });

  it('whose decode throws is a clear error', () => {
    class Picky {}
    registerClass(Picky, {
      encode: () => 1,
      decode: () => {
        throw new Error('no');
      },
    });
    expect(() => carry(new Picky())).toThrow(/decode of the class "Picky" threw/);
  });
});

describe('data of a class that had its own encode when it was written, and has no decode now', () => {
  const called: string[] = [];
  class Account {
    set admin(_: unknown) {
      called.push('admin');
    }
    get frozen(): number {
      return 1;
    }
    get isReal(): boolean {
      return true;
    }
  }
  /** As a crafted journal has it. */
  const written = (data: unknown): string => {
    class Written {}
    return text(new Written(), { Written: withRules(Written, data) });
  };
  const withRules = (cls: new () => object, data: unknown): unknown =>
    Object.defineProperties(cls, {
      [DECODE]: { value: () => new cls() },
      prototype: { value: Object.defineProperty(cls.prototype, ENCODE, { value: () => data }) },
    });
  const read = (data: unknown): Account => decode(written(data), { Written: Account }) as Account;

  it('is defined as properties: no setter is called, and no prototype is set', () => {
    const made = read(
      JSON.parse('{"n":1,"admin":true,"frozen":2,"__proto__":{"isReal":false},"constructor":3}'),
    );
    expect(called).toEqual([]);
    expect(Object.getPrototypeOf(made)).toBe(Account.prototype);
    expect(made.isReal).toBe(true);
    expect(Object.entries(made).sort()).toEqual([
      ['__proto__', { isReal: false }],
      ['admin', true],
      ['constructor', 3],
      ['frozen', 2],
      ['n', 1],
    ]);
    expect(Reflect.get({}, 'isReal')).toBeUndefined();
  });

  it.each([[null], [undefined], [5], [new Map([['admin', 1]])], [[]]])('may be anything: %s', (data) => {
    const made = read(data);
    expect(made).toBeInstanceOf(Account);
    expect(Object.keys(made)).toEqual([]);
    expect(called).toEqual([]);
  });
});

describe('a scope of classes', () => {
  it('goes before the registered ones and ends with the function', () => {
    class Local {
      readonly n = 1;
    }
    const scope = { Local, Error, Date, notAClass: 1 };
    expect(carry(new Local(), scope)).toBeInstanceOf(Local);
    expect(() => text(new Local())).toThrow(SerializationError);
    expect(() => decode(text(new Local(), scope))).toThrow(/class "Local"/);
    expect(carry({ at: new Date(0) }, scope)).toEqual({ at: new Date(0) });
  });

  it('leaves to a registered class how it is carried, and its id', () => {
    class Sealed {
      readonly #n: number;
      constructor(n: number) {
        this.#n = n;
      }
      get n(): number {
        return this.#n;
      }
    }
    registerClass(Sealed, { id: 'sealed', encode: ({ n }) => n, decode: (n: number) => new Sealed(n) });
    const scope = { Sealed };
    expect(carry(new Sealed(3), scope)).toMatchObject({ n: 3 });
    expect(text(new Sealed(3), scope)).toBe(text(new Sealed(3)));
  });

  it('may have a class with the name of a registered one', () => {
    const Other = {
      Money: class Money {
        readonly own = true;
      },
    }.Money;
    const scope = { Money: Other };
    expect(carry(new Other(), scope)).toBeInstanceOf(Other);
    expect(carry(new Other(), scope)).not.toBeInstanceOf(Money);
  });
});
