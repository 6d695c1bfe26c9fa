import { afterEach, describe, expect, it, vi } from 'vitest';
import { state } from '../../../../runtime/base/process-state.ts';
import {
  createHandler,
  createRuntime,
  type Mask,
  type MaskPlace,
  MisuseError,
  memoryStore,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';

const pay = durable(async (_, card: string) => {
  if (card === 'stolen') throw new Error(`no ${card} card`);
  return { card, amount: 12 };
});

async function answers(mask: Mask | undefined, card: string): Promise<unknown[]> {
  const runtime = createRuntime({ store: memoryStore(), ...(mask && { mask }) });
  const handler = createHandler(runtime, { functions: { pay }, authorize: () => true });
  const run = await runtime.start(pay, [card], { id: 'r', attributes: { card } });
  const outcome = await run.result().catch((error: Error) => error.message);
  expect(outcome).toEqual(card === 'stolen' ? 'no stolen card' : { card, amount: 12 });
  const ask = async (path: string): Promise<unknown> =>
    (await handler(new Request(`http://host${path}`))).json() as Promise<unknown>;
  const shown = [await ask('/runs/r'), await ask('/runs')];
  expect((await run.record()).attributes).toEqual({ card });
  await runtime.close();
  return shown;
}

afterEach(() => {
  state.told.delete('USE_DURABLE_MASK');
  vi.restoreAllMocks();
});

describe('a mask', () => {
  it('hides results, errors and attributes where they are shown, and nothing else', async () => {
    const places: MaskPlace[] = [];
    const mask: Mask = (value, place) => {
      places.push(place);
      if (place.kind === 'error') return new Error('hidden');
      return { ...(value as object), card: '****' };
    };
    const [run, list] = await answers(mask, 'visa');
    expect(run).toEqual({ id: 'r', status: 'completed', result: { card: '****', amount: 12 } });
    expect(list).toMatchObject({ runs: [{ id: 'r', attributes: { card: '****' } }] });
    const fn = expect.stringMatching(/^test-/);
    expect(places).toEqual([
      { kind: 'result', runId: 'r', fn },
      { kind: 'attributes', runId: 'r', fn },
    ]);
    const [failed] = await answers(mask, 'stolen');
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'Error', message: 'hidden' } });
  });

  it('shows everything by default', async () => {
    const [run, list] = await answers(undefined, 'visa');
    expect(run).toMatchObject({ result: { card: 'visa' } });
    expect(list).toMatchObject({ runs: [{ attributes: { card: 'visa' } }] });
  });

  const broken: [string, Mask][] = [
    [
      'that throws',
      (value) => {
        throw new Error(`can't mask ${JSON.stringify(value)}`);
      },
    ],
    ['that is async', async (value) => value],
    ['that rejects', () => Promise.reject(new Error('visa'))],
  ];

  it.each(broken)('%s shows [masked], never the value, and is reported once', async (_, mask) => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const shown = await answers(mask, 'visa');
    expect(shown).toMatchObject([{ result: '[masked]' }, { runs: [{ attributes: '[masked]' }] }]);
    expect(JSON.stringify([shown, warned.mock.calls])).not.toContain('visa');
    expect(warned).toHaveBeenCalledTimes(1);
    expect(warned.mock.calls[0]![0]).toMatch(/\[masked\]/);
  });

  it('must be a function', () => {
    expect(() => createRuntime({ store: memoryStore(), mask: 'x' as never })).toThrow(MisuseError);
  });
});
