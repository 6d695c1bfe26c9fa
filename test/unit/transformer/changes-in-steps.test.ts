import { describe, expect, it } from 'vitest';
import type { AnyFunction } from '../../../runtime/functions/definition.ts';
import { crashEverywhere, execute } from '../../support/crash.ts';
import { emitThroughAst, emitThroughText, type Fixture, load } from '../../support/fixtures.ts';

/**
 * A closure that changes a variable of the durable function and reaches a step by a way that syntax can't follow: the
 * change would be lost on a replay, so the step fails with an error that says so.
 */
const HEAD = `
import { effect, later } from '../../support/effects.ts';
async function act(name) { effect(name); return later(1, name); }
const wrap = (fn) => (...args) => fn(...args);
const kept = async (fn) => { try { return await fn(); } catch (error) { return error.message; } };
const tap = (value, fn) => { fn(value); return value; };
`;

let count = 0;

async function run(body: string, emit = emitThroughText) {
  const name = `changes-in-steps-${++count}`;
  const source = `${HEAD}export async function main() {\n  'use durable';\n  let n = 0;\n  const seen = [];\n  ${body}\n}\n`;
  const fixture: Fixture = { name, file: 'input.ts', folder: '', source };
  const { main } = await load(fixture, 'text', emit(fixture));
  return main as AnyFunction;
}

describe('a change of the function that a step would make', () => {
  it.each([
    ['n', 'const fn = wrap(async () => { n++; await act("a"); }); await fn(); return n;'],
    ['seen', 'const fn = wrap((x) => seen.push(x)); await fn("a"); return seen;'],
    ['n', 'const add = async () => { n += 1; }; const fn = wrap(() => add()); await fn();'],
    ['n', 'const o = { async add() { n++; } }; const fn = wrap(o.add); await fn();'],
    ['n', 'class A { async add() { n++; } } const fn = wrap(new A().add); await fn();'],
    ['n', 'const fn = wrap(async () => { n++; await act("a"); }); const p = fn(); await p;'],
    ['n', 'const fn = wrap(async () => { n++; }); await Promise.all([1, 2].map(() => fn()));'],
    [
      'n',
      'const fn = wrap(async function* () { n++; yield 1; }); const it = fn(); await wrap(() => it.next())();',
    ],
  ])("of '%s' is refused: %s", async (name, body) => {
    for (const emit of [emitThroughText, emitThroughAst]) {
      const { outcome } = await execute(await run(body, emit));
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'MisuseError' } });
      expect((outcome as PromiseRejectedResult).reason.message).toContain(`changes '${name}'`);
    }
  });

  it.each([
    // Called by the workflow: a helper, and what a step has made of a closure that changes nothing around it.
    ['tap(1, (x) => seen.push(x)); return [await act("a"), seen];', ['a', [1]]],
    ['const t = tap(act, () => { n++; }); return [await t("a"), n];', ['a', 1]],
    ['const fn = wrap((x) => seen.push(x)); fn("a"); return [await act("b"), seen];', ['b', ['a']]],
    [
      'const fn = wrap(async () => { let k = 0; const more = async () => { k++; await act("a"); }; await more(); await more(); return k; }); return await fn();',
      2,
    ],
    ['const fn = wrap(async () => n + 1); n = 4; return await fn();', 5],
  ])('is none: %s', async (body, value) => {
    const { outcome } = await crashEverywhere(await run(body));
    expect(outcome).toEqual({ status: 'fulfilled', value });
  });
});
