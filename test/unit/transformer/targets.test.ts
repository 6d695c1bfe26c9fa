import { isDeepStrictEqual } from 'node:util';
import { transformSync } from 'esbuild';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import type { AnyFunction } from '../../../runtime/functions/definition.ts';
import { transform } from '../../../transformer/index.ts';
import { crashEverywhere } from '../../support/crash.ts';
import { takeEffects } from '../../support/effects.ts';
import {
  COMPILER_OPTIONS,
  emitPlain,
  emitThroughAst,
  emitThroughText,
  type Fixture,
  fixtures,
  load,
  tokensOf,
} from '../../support/fixtures.ts';
import { sample } from '../../support/tier.ts';

/**
 * What is compiled further, for an older target, means what the plain code means in the language of today: async
 * generators, asynchronous iteration, `await using`, private members, optional chains and the rest are then made of helpers.
 *
 * ALL_TARGETS=1 for each program at each target; without it, those programs that a target changes and a newer one doesn't.
 */
const ALL = process.env.ALL_TARGETS === '1';
const TARGETS = ['ES2015', 'ES2017', 'ES2018', 'ES2020', 'ES2022'] as const;

/** Messages of errors that name code by its text, which a helper has another of. */
const TEXTS = new Set(['messages-of-type-errors', 'names-of-functions']);

const at = (target: (typeof TARGETS)[number] | 'ESNext'): ts.CompilerOptions => ({
  ...COMPILER_OPTIONS,
  target: ts.ScriptTarget[target],
});

/** What the other compiler itself makes an error of, whether ours went before or not. */
const BROKEN: Readonly<Record<string, readonly string[]>> = {
  // `super` in an arrow function; a method with `super` beside a spread.
  ES2015: ['every-position', 'methods-beside-spreads'],
  // `super` in a generator; `[Symbol.asyncDispose]: null`.
  esbuild: ['every-position', 'await-using'],
};

const written = fixtures().filter(({ name }) => !TEXTS.has(name));

interface Seen {
  readonly outcome: unknown;
  readonly effects: readonly string[];
}

async function run(fixture: Fixture, kind: string, code: string): Promise<Seen> {
  const plain = (await load(fixture, kind, code)).main as AnyFunction;
  takeEffects();
  const [outcome] = await Promise.allSettled([plain()]);
  return { outcome: readable(outcome!), effects: takeEffects() };
}

/** @param plain the program as it is, compiled for the target: what it means there may be wrong by its own helpers */
async function check(fixture: Fixture, kind: string, code: string, plain: string): Promise<void> {
  const order = /Promise|then\(/.test(fixture.source) ? 'any' : 'exact';
  const right = await run(fixture, 'plain', emitPlain(fixture));
  const there = await run(fixture, `plain-${kind}`, plain);
  const main = (await load(fixture, kind, code)).main as AnyFunction;
  const whole = await crashEverywhere(main, [], { order });
  expect(
    whole.effects.filter(({ key }) => key === undefined),
    'effects outside of steps',
  ).toEqual([]);
  const seen = { outcome: readable(whole.outcome), effects: whole.effects.map(({ name }) => name) };
  expect(seen).toEqual(isDeepStrictEqual(seen, there) ? there : right);
}

function readable(outcome: PromiseSettledResult<unknown>): unknown {
  if (outcome.status === 'fulfilled' || !(outcome.reason instanceof Error)) return outcome;
  const { reason } = outcome;
  return {
    thrown: reason.constructor.name,
    name: reason.name,
    message: reason.message,
    properties: { ...reason },
  };
}

/** Whether a program is another one for a target than for a newer one. */
function differs(fixture: Fixture, target: ts.CompilerOptions, newer: ts.CompilerOptions): boolean {
  const [here, there] = [emitThroughText(fixture, target), emitThroughText(fixture, newer)];
  return here !== there && tokensOf(here).join() !== tokensOf(there).join();
}

describe.each(TARGETS)('%s', (target) => {
  // Without async functions everything is another program: what ES2017 changes is enough.
  const from = ALL || target !== 'ES2015' ? target : 'ES2017';
  const newer = TARGETS[TARGETS.indexOf(from) + 1] ?? 'ESNext';
  // To find them, each program is compiled for each target; the quick tier looks among some.
  const changed = sample(written, 5).filter(
    (fixture) => !BROKEN[target]?.includes(fixture.name) && (ALL || differs(fixture, at(from), at(newer))),
  );

  it.each(sample(changed, 8))('$name', (fixture) =>
    check(fixture, `target-${target}`, emitThroughText(fixture, at(target)), emitPlain(fixture, at(target))),
  );
});

describe('async generators at ES2017', () => {
  const head = `import { effect, later } from '../../support/effects.ts';
async function job(name) { effect(\`job \${name}\`); return later(1, name); }\n`;
  const programs: Readonly<Record<string, string>> = {
    'a method that delegates':
      'const o = { n: 2, async *part(k) { for (let i = 0; i < this.n; i++) yield job(k + i); return await job("end" + k); }, async *all() { const a = yield* this.part("a"); yield a; yield* [job("b"), "c"]; } }; const out = []; for await (const x of o.all()) out.push(x); return out;',
    'one that is left by return() and throw()':
      'const log = []; async function* g(n) { try { yield await job("a" + n); yield await job("b" + n); } catch (e) { yield await job("caught " + e.message); } finally { log.push(await job("fin" + n)); } } const one = g(1); const out = [(await one.next()).value, await one.return("r")]; const two = g(2); await two.next(); out.push((await two.throw(new Error("x"))).value, await two.next()); return [out, log];',
    'one that is given values, and asked ahead':
      'async function* sum() { let total = 0; for (;;) { const n = yield total; if (n === undefined) return await job("sum " + total); total += n + (await job(String(n))).length; } } const it = sum(); await it.next(); const out = []; for (const r of await Promise.all([it.next(1), it.next(20), it.next()])) out.push(r.value, r.done); return out;',
  };

  it.each(
    Object.entries(programs).flatMap(([name, code]) => [
      [name, 'text', code, emitThroughText] as const,
      [name, 'ast', code, emitThroughAst] as const,
    ]),
  )('%s (%s)', (name, kind, code, emit) => {
    const source = `${head}export async function main() {\n  'use durable';\n  ${code}\n}\n`;
    const fixture = { name: `generators-${name.replace(/\W+/g, '-')}`, file: 'input.js', folder: '', source };
    return check(fixture, `es2017-${kind}`, emit(fixture, at('ES2017')), emitPlain(fixture, at('ES2017')));
  });
});

describe('another compiler behind ours', () => {
  const generators = written.filter(
    ({ name, source, file }) =>
      /function\s*\*|async\s*\*|for await|await using/.test(source) &&
      !file.endsWith('x') &&
      !BROKEN.esbuild?.includes(name),
  );

  it.each(sample(generators, 20))('esbuild to ES2017: $name', (fixture) => {
    const { code } = transform(fixture.source, { fileName: fixture.file });
    const build = (source: string): string =>
      transformSync(source, { loader: 'ts', target: 'es2017', format: 'esm' }).code;
    return check(fixture, 'esbuild', build(code), build(emitPlain(fixture)));
  });
});

describe('helpers of TypeScript that are imported', () => {
  const programs = written.filter(({ name }) =>
    /^(async-generators|for-await-generators|private-members|schedulers-maps|spreads)$/.test(name),
  );

  it.each(['ES2015', 'ES2017'] as const)('finds some at %s', (target) => {
    const options = { ...at(target), importHelpers: true };
    expect(programs.map((fixture) => emitThroughAst(fixture, options)).join()).toContain('from "tslib"');
  });

  it.each(sample(programs, 3))('ES2017: $name', (fixture) => {
    const options = { ...at('ES2017'), importHelpers: true };
    return check(fixture, 'import-helpers', emitThroughAst(fixture, options), emitPlain(fixture, options));
  });
});
