import { expect, it } from 'vitest';
import { isMarked, markMethods, markMethodsBut } from '../../runtime/functions/marks.ts';
import { keepIntrinsics } from './intrinsics.ts';

it('keepIntrinsics puts back what a program has deleted, replaced and added', () => {
  const restore = keepIntrinsics();
  const iterator = Object.getOwnPropertyDescriptor(Array.prototype, Symbol.iterator);
  const { then } = Promise.prototype;
  Reflect.deleteProperty(Array.prototype, Symbol.iterator);
  Reflect.set(Promise.prototype, 'then', () => {});
  Reflect.set(Object.prototype, 'get', 'what a descriptor inherits');
  Reflect.set(Object.getPrototypeOf(async function* () {}.prototype), 'next', undefined);
  restore();
  expect(Object.getOwnPropertyDescriptor(Array.prototype, Symbol.iterator)).toEqual(iterator);
  expect(Promise.prototype.then).toBe(then);
  expect('get' in {}).toBe(false);
  expect(Object.getPrototypeOf(async function* () {}.prototype).next).toBeTypeOf('function');
});

it('methods are marked where arrays cannot be iterated', () => {
  const [named, computed] = [
    { run() {}, other() {} },
    { run() {}, other() {} },
  ];
  const restore = keepIntrinsics();
  Reflect.deleteProperty(Array.prototype, Symbol.iterator);
  try {
    markMethods(named, 'run');
    markMethodsBut(computed, 'other');
  } finally {
    restore();
  }
  expect([named.run, named.other, computed.run, computed.other].map(isMarked)).toEqual([
    true,
    false,
    true,
    false,
  ]);
});
