import { describe, expect, it } from 'vitest';
import type { AnyFunction } from '../../../runtime/functions/definitions.ts';
import { createRuntime, memoryStore } from '../../../runtime/index.ts';
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
