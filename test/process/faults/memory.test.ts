import { afterEach, expect, it } from 'vitest';
import { definitionOf } from '../../../runtime/functions/definitions.ts';
import { encodeInput } from '../../../runtime/functions/input.ts';
import type { StepEnded } from '../../../runtime/journal/events.ts';
import type { Claim } from '../../../runtime/stores/claims.ts';
import { decode, encode } from '../../../runtime/values/codec.ts';
import { FULL } from '../../support/tier.ts';
import { importProgram } from './compile.ts';
import { Field, withNodeOptions } from './field.ts';

let field: Field;
afterEach(() => field.close());

/** 600 MB take long to write. All values together are more than the heap holds. */
const [size, runs, heap] =
  process.env.FAULTS === 'nightly' ? [20_000_000, 30, 300] : FULL ? [8_000_000, 12, 60] : [5_000_000, 12, 40];

const BY = { worker: 'field', pid: 0, host: 'nowhere', leaseUntil: Date.now() + 60_000 };

/** A run whose step has given this value, and that has to wait now for so many ms. */
async function waitingRun(id: string, wait: number, value: string): Promise<void> {
  const { large } = await importProgram('compiled', 'large');
  const definition = definitionOf(large)!;
  const at = Date.now();
  const input = await encodeInput('start', definition, [size, wait], {});
  const step: StepEnded = {
    type: 'step',
    key: 'act',
    ok: true,
    value,
    startedAt: at,
    at,
    attempt: 1,
    worker: 'w',
  };
  const started = { type: 'run-started', version: 1, fn: definition.id, input, seed: id, at } as const;
  const claim = (await field.store.create(id, started, BY)) as Claim;
  expect(await field.store.append([{ claim, seq: 1, events: [step] }])).toEqual([]);
}

it(`${runs} waiting runs of ${size / 1e6} MB go on under a heap of ${heap} MB`, {
  // 600 MB are written and read.
  timeout: process.env.FAULTS === 'nightly' ? 900_000 : 240_000,
}, async () => {
  field = new Field('large');
  const value = await encode(`${'x'.repeat(size)} 2`, 'value');
  for (let n = 0; n < runs; n++) await waitingRun(`run ${n}`, n % 3 === 0 ? 3_600_000 : 20, value);
  await field.store.release('field');
  const worker = await field.worker({}, withNodeOptions(`--max-old-space-size=${heap} --no-warnings`));
  expect(worker, 'the worker has begun').toBeDefined();
  await field.completed((runs * 2) / 3);
  expect(worker).toMatchObject({ exitCode: null, signalCode: null });
  expect(field.effects()).toEqual([]);
  expect(decode((await field.store.ended('run 1'))!.value)).toBe(size + 2);
});
