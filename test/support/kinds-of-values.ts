import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { open, readdir, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { hostname } from 'node:os';
import { Readable } from 'node:stream';
import { registerClass } from '../../runtime/index.ts';

/** Functions that each give another kind of value: what the codec makes of the value and the compiler of its type must agree. */

class Point {
  readonly x: number;
  constructor(x: number) {
    this.x = x;
  }
  plus(other: Point): Point {
    return new Point(this.x + other.x);
  }
}
class Registered {
  readonly y = 1;
  minus(): number {
    return -this.y;
  }
}
registerClass(Registered, { id: 'kinds-of-values.Registered' });
class Derived extends Registered {}
class Refused extends RangeError {
  readonly tries = 2;
  again(): boolean {
    return true;
  }
}
class Table extends Map<string, number> {
  total(): number {
    return this.size;
  }
}
class Secret {
  #inside = 1;
  readonly shown = true;
  same(other: Secret): boolean {
    return other.#inside === this.#inside;
  }
}

export const text = async () => 'a';
export const nothing = async () => {};
export const none = async () => null;
export const bigint = async () => 10n;
export const plain = async () => ({ a: [1, { b: true }], c: undefined });
export const date = async () => new Date(0);
export const url = async () => new URL('https://example.org');
export const query = async () => new URLSearchParams('a=1');
export const pattern = async () => /a/g;
export const match = async () => /a/.exec('a');
export const map = async () => new Map([[1, new Set([10n])]]);
export const buffer = async () => Buffer.from('a');
export const bytes = async () => new Uint8ClampedArray(2);
export const floats = async () => new Float32Array(2);
export const arrayBuffer = async () => new ArrayBuffer(2);
export const dataView = async () => new DataView(new ArrayBuffer(2));
export const headers = async () => new Headers({ a: 'b' });
export const response = async () => new Response('a');
export const request = async () => new Request('https://example.org');
export const error = async () => new TypeError('a', { cause: 'b' });
export const refused = async () => new Refused('a');
export const errors = async () => new AggregateError([new Error('a')]);
export const registered = async () => new Registered();
export const derived = async () => new Derived();
export const tuple = async (): Promise<[string, Date, ...number[]]> => ['a', new Date(0), 1];
export const settled = async () => await Promise.allSettled([1, Promise.reject(new Error('a'))]);
export const keys = async () => [...new Map([['a', 1]]).keys()];
export const host = async () => ({ name: hostname() });
export const entries = async () => await readdir('.');

export const point = async () => new Point(1);
export const points = async () => ({ list: [new Point(1)] });
export const table = async () => new Table();
export const secret = async () => new Secret();
export const fn = async () => () => 1;
export const method = async () => ({ name: 'a', size: () => 1 });
export const json = async () => ({ toJSON: () => 'a' });
export const cls = async () => ({ Point });
export const symbol = async () => Symbol('a');
export const held = async () => ({ promise: Promise.resolve(1) });
export const weakMap = async () => new WeakMap();
export const weakSet = async () => ({ seen: new WeakSet() });
export const iterator = async () => [1].values();
export const generator = async () =>
  (function* () {
    yield 1;
  })();
export const asyncGenerator = async () =>
  (async function* () {
    yield 1;
  })();
export const socket = async () => ({ user: { socket: new Socket() } });
export const stream = async () => Readable.from(['a']);
export const emitter = async () => new EventEmitter();
export const hash = async () => createHash('md5');
export const blob = async () => new Blob(['a']);
export const form = async () => new FormData();
export const controller = async () => new AbortController();
export const signal = async () => new AbortController().signal;
export const event = async () => new Event('a');
export const encoder = async () => new TextEncoder();
export const format = async () => new Intl.NumberFormat('en');
export const status = async () => await stat('.');
export const files = async () => (await readdir('.', { withFileTypes: true })).slice(0, 1);
export const handle = async () => {
  const file = await open('package.json');
  await file.close();
  return file;
};
