import { describe, expect, it } from 'vitest';
import type { AnyFunction } from '../../../runtime/functions/definition.ts';
import { createRuntime, memoryStore } from '../../../runtime/index.ts';
import { transform } from '../../../transformer/index.ts';
import { emitThroughText, type Fixture, load } from '../../support/fixtures.ts';

const SOURCE = `
export async function main() {
  'use durable';
  let timer;
  const wait = new Promise((resolve) => {
    timer = setTimeout(resolve, 60_000);
  });
  const off = new Promise((resolve) => {
    clearTimeout(setTimeout(resolve, 60_000));
  });
  try {
    await Promise.race([wait, off]);
  } finally {
    clearTimeout(timer);
  }
}
`;

describe('the callback of a timer', () => {
  it.each([
    ['only settles promises', 'rung.resolve();', []],
    ['calls what does nothing, too', 'nothing(); (() => {})(); rung.resolve();', []],
    ['only calls what does nothing', 'nothing();', ['UD3003']],
    ['calls what acts elsewhere', 'rung.resolve(); elsewhere();', ['UD3003']],
  ])('%s', (_, callback, codes) => {
    const source = `
import { elsewhere } from './elsewhere.js';
export async function main() {
  'use durable';
  const rung = Promise.withResolvers();
  const nothing = () => {};
  setTimeout(() => { ${callback} }, 1000);
  await rung.promise;
}
`;
    const { diagnostics } = transform(source, { fileName: 'input.js' });
    expect(diagnostics.map(({ code }) => code)).toEqual(codes);
  });
});

describe('a timer in an executor', () => {
  it('rejects its promise when the run is cancelled', async () => {
    const fixture: Fixture = { name: 'cancelled-timers', file: 'input.js', folder: '', source: SOURCE };
    const { main } = await load(fixture, 'text', emitThroughText(fixture));
    const runtime = createRuntime({ store: memoryStore() });
    try {
      const run = await runtime.start(main as AnyFunction, []);
      await run.cancel();
      await expect(run.result()).rejects.toMatchObject({ name: 'CancelledError' });
    } finally {
      await runtime.close();
    }
  });
});
