import { describe, expect, it } from 'vitest';
import { runPlain } from '../../runtime/compiled.ts';
import type { AnyFunction } from '../../runtime/functions/definition.ts';
import { transform } from '../../transformer/index.ts';
import { load } from '../support/fixtures.ts';
import { parsesUsing } from '../support/node-abilities.ts';
import { instrument, PRELUDE, probes } from './probes.ts';

const KEY = Symbol.for('use-durable.test.probe');

/** Runs a program beside a chain of promises that logs every turn; gives the log of both. */
async function sequenceOf(name: string, kind: string, code: string): Promise<readonly string[]> {
  const { tools, seen } = instrument();
  Reflect.set(globalThis, KEY, tools);
  const fixture = { name: `ticks-${name.replace(/\W+/g, '-')}`, file: 'input.js', folder: '', source: '' };
  const { main } = await load(fixture, kind, PRELUDE + code);
  let over = false;
  const beat = async (): Promise<void> => {
    for (let turn = 1; !over && turn < 1000; turn++) {
      await null;
      seen.push(`turn ${turn}`);
    }
  };
  const end = (outcome: string): void => {
    over = true;
    seen.push(outcome);
  };
  const run = runPlain(() => {
    void beat();
    return (main as AnyFunction)() as Promise<unknown>;
  });
  await run.then(
    (value) => end(`returned ${JSON.stringify(value)}`),
    (error) => end(`threw ${String(error)}`),
  );
  return seen;
}

describe('a compiled function takes as many ticks as the plain one', () => {
  // A Node without `using` can't run the plain one.
  const runnable = Object.entries(probes).filter(([name]) => parsesUsing || !name.includes('using'));

  it.each(runnable)('%s', async (name, source) => {
    const { code, diagnostics } = transform(source, { fileName: 'input.js' });
    expect(diagnostics).toEqual([]);
    expect(code).not.toBe(source);
    expect(await sequenceOf(name, 'compiled', code)).toEqual(await sequenceOf(name, 'plain', source));
  });
});
