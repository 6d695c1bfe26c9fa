import { describe, expect, it } from 'vitest';
import { MisuseError } from '../../../runtime/base/errors.ts';
import type { AnyFunction } from '../../../runtime/functions/definition.ts';
import { execute, recover } from '../../support/crash.ts';
import { emitThroughAst, emitThroughText, load } from '../../support/fixtures.ts';

/**
 * Objects that are at work and that the code uses in several ways, which syntax doesn't show: they are refused when they
 * show it, before anything of them is recorded, and after each crash as well.
 */
const head = `import { effect, later } from '../../support/effects.ts';
async function save(text) { effect('save'); return later(1, text); }
const ask = () => { effect('begin'); return { text: later(1, 'text'), usage: later(1, 2) }; };
const startAll = () => { effect('begin'); return [later(1, 'a'), later(1, 'b')]; };
const stream = () => {
  effect('begin');
  const whole = later(1, 'whole');
  return {
    on() {}, abort() {}, finalMessage: () => whole, finalText: () => whole,
    async *[Symbol.asyncIterator]() { yield await whole; },
  };
};
const work = () => { effect('begin'); const p = later(1, 'done'); p.cancel = () => effect('cancel'); return p; };
const run = () => {
  effect('begin');
  const done = later(1, 'out');
  return { kill() {}, stdout: { pipe() {} }, then: (a, b) => done.then(a, b) };
};
async function consume(answer) { return 'done'; }
`;

const twice =
  /^The call ".*" returned an object that is still working, and the function uses it in more than one way\./;
const taken = /^".*" is a promise in the result of the call ".*"\./;
const only = /^"cancel" of the result of the call "work": the call is a step/;

const programs: Readonly<Record<string, readonly [code: string, message: RegExp]>> = {
  'two methods': [
    'const s = stream(); await s.finalText(); await save(1); return await s.finalMessage();',
    twice,
  ],
  'a method in a loop': ['const s = stream(); for (const n of [1, 2]) await s.finalText(n);', twice],
  'a member beside': ['const s = stream(); s.abort(); return await s.finalText();', twice],
  'an object that is handed on twice': ['const a = ask(); await consume(a); return await consume(a);', twice],
  'a process with members': ['const p = run(); p.stdout.pipe(1); return await p;', twice],
  'a promise as an argument': ['const a = ask(); await save(1); return await save(a.text);', taken],
  'a promise in a member of a member': [
    'const o = {}; o.a = ask(); await save(1); return await o.a.text;',
    taken,
  ],
  'a promise in an instance': [
    'class A { constructor() { this.a = ask(); } async go() { await save(1); return await this.a.text; } } return await new A().go();',
    taken,
  ],
  'promises in a list': ['await save(1); return await Promise.all(startAll());', taken],
  'promises by builtins': [
    'const a = ask(); await save(1); return await Promise.all(Object.values(a));',
    taken,
  ],
  'promises of objects in a list': [
    'const all = [1, 2].map(() => [ask()]); await save(1); return await Promise.all(all.map(([a]) => a.text));',
    taken,
  ],
  'promises that are yielded': [
    'async function* g() { const a = ask(); yield a.text; yield a.usage; } for await (const x of g()) await save(x);',
    taken,
  ],
  'a promise that is cancelled': ['const p = work(); await save(1); p.cancel(); return await p;', only],
  'a promise whose member is read': ['const p = work(); await save(1); return [await p, p.cancel];', only],
};

describe.each(Object.entries(programs))('%s', (name, [code, message]) => {
  it.each([
    ['text', emitThroughText],
    ['ast', emitThroughAst],
  ] as const)('is refused (%s)', async (kind, emit) => {
    const source = `${head}export async function main() {\n  'use durable';\n  ${code}\n}\n`;
    const fixture = { name: 'objects-at-work', file: 'input.js', folder: '', source };
    const { main } = await load(fixture, `${kind}-${name.replace(/\W+/g, '-')}`, emit(fixture));
    const whole = await execute(main as AnyFunction);
    const outcomes = [whole.outcome];
    for (let count = 1; count < whole.events.length; count++)
      outcomes.push((await recover(whole.events.slice(0, count))).outcome);
    for (const outcome of outcomes) {
      const { reason } = outcome as PromiseRejectedResult;
      expect(reason).toBeInstanceOf(MisuseError);
      expect((reason as Error).message).toMatch(message);
    }
    expect(whole.effects.some((effect) => effect.name === 'cancel')).toBe(false);
  });
});

describe('a call that is made again by who needs its object', () => {
  const eager = `import { effect, later } from '../../support/effects.ts';
async function save(text) { effect('save'); return later(1, text); }
const post = () => { effect('begin'); const done = later(1, 'v'); return { then: (a, b) => done.then(a, b), catch: (b) => done.catch(b) }; };
`;
  it.each([
    ['awaited', 'const p = post(); await save(1); return await p;'],
    ['combined', 'const p = post(); await save(1); return await Promise.all([p]);'],
    ['returned', 'const p = post(); await save(1); return p;'],
    ['in-a-list', 'const all = [post()]; await save(1); for (const p of all) return await p;'],
    ['chained', 'const p = post(); await save(1); return await p.then((v) => v);'],
  ])('has its own key: %s', async (name, code) => {
    const source = `${eager}export async function main() {\n  'use durable';\n  ${code}\n}\n`;
    const fixture = { name: 'objects-at-work', file: 'input.js', folder: '', source };
    const { main } = await load(fixture, `key-${name}`, emitThroughText(fixture));
    const whole = await execute(main as AnyFunction);
    for (let count = 1; count < whole.events.length; count++) {
      const { effects, outcome } = await recover(whole.events.slice(0, count));
      expect(outcome).toEqual(whole.outcome);
      for (const effect of effects) if (effect.name === 'begin') expect(effect.key).toBe('post');
    }
  });
});
