/** What the page shows of values and errors: masked as the runtime says, readable without the classes of the program. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { state } from '../../../../runtime/base/process-state.ts';
import { ShownTexts } from '../../../../runtime/dashboard/shown-text.ts';
import { type Mask, type MaskPlace, waitFor } from '../../../../runtime/index.ts';
import { noMask } from '../../../../runtime/observe/masking.ts';
import { registerClass } from '../../../../runtime/values/classes.ts';
import { decode, encode } from '../../../../runtime/values/codec.ts';
import { durable } from '../../../support/compiled.ts';
import { withDashboard } from './setup.ts';

const SECRET = '4242-4242';

const paying = durable(async ($, card: string) => {
  await $.call('pay', async (given: string) => ({ given }))(card);
  return $.call('waitFor', waitFor)('go');
});
const refusing = durable(async ($, card: string) =>
  $.call('refuse', async () => {
    throw new Error(`no ${card}`);
  })(),
);

const encodedText = (value: unknown): string => {
  const text = encode(value, 'value');
  if (typeof text !== 'string') throw new Error('It is encoded at once.');
  return text;
};

const PATHS = ['/api/runs', '/api/runs/r', '/api/runs/r/value'];

/** The answers of the page about a run that has a secret in all that it records. */
async function shownOf(mask: Mask | undefined, fn: typeof paying | typeof refusing): Promise<string> {
  let text = '';
  await withDashboard(
    async ({ runtime, store, ask }) => {
      const run = await runtime.start(fn, [SECRET], { id: 'r', attributes: { card: SECRET } });
      if (fn === paying) await run.signal('go', { card: SECRET });
      await run.result().catch(() => {});
      const { events = [] } = (await store.load('r')) ?? {};
      const values = events.flatMap((event) =>
        'key' in event ? [`/api/runs/r/value?key=${encodeURIComponent(event.key)}`] : [],
      );
      for (const path of [...PATHS, ...new Set(values)]) {
        const { status, text: answer } = await ask('GET', path);
        expect(status, path).toBe(200);
        text += answer;
      }
    },
    {},
    mask === undefined ? {} : { mask },
  );
  return text;
}

afterEach(() => {
  state.told.delete('USE_DURABLE_MASK');
  vi.restoreAllMocks();
});

describe('the page', () => {
  it.each([
    ['inputs, results and payloads', paying],
    ['errors', refusing],
  ])('shows nothing that the mask hides: %s', async (_, fn) => {
    expect(await shownOf(undefined, fn)).toContain(SECRET);
    const places: MaskPlace[] = [];
    const shown = await shownOf((_value, place) => {
      places.push(place);
      return place.kind === 'attributes' ? { card: '****' } : '****';
    }, fn);
    expect(shown).not.toContain(SECRET);
    expect(shown).toContain('"attributes":{"card":"****"}');
    const kinds =
      fn === paying ? ['input', 'result', 'payload', 'attributes'] : ['input', 'error', 'attributes'];
    expect(new Set(places.map(({ kind }) => kind))).toEqual(new Set(kinds));
    expect(places.every(({ runId, fn: id }) => runId === 'r' && id.startsWith('test-'))).toBe(true);
    expect(places.some(({ key }) => key !== undefined)).toBe(true);
  });

  it('shows nothing of a value whose mask fails', async () => {
    const emitted = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const shown = await shownOf(() => {
      throw new Error('a mask with a bug');
    }, paying);
    expect(shown).not.toContain(SECRET);
    expect(shown).toContain('[masked]');
    expect(emitted).toHaveBeenCalledOnce();
  });
});

describe('a value of the journal', () => {
  const hiding: Mask = (value) => value;
  const textOf = (mask: Mask, encoded: string): string =>
    new ShownTexts(mask, { id: 'r', fn: 'f' }).value('result', encoded, { kind: 'result' }, true).text;

  it('that can not be read is not shown where there is a mask', () => {
    expect(textOf(noMask, 'nonsense')).toBe('nonsense');
    expect(textOf(hiding, 'nonsense')).toBe('[masked]');
  });

  it('that is too large to be decoded is not shown where there is a mask', () => {
    const large = encodedText('x'.repeat(10_000_001));
    expect(textOf(noMask, large)).toBe(large);
    expect(textOf(hiding, large)).toBe('[masked]');
  });

  it('is shown with its data where its class is not there', () => {
    class Money {
      amount = 12;
    }
    registerClass(Money, { id: 'test#Money' });
    const text = encodedText(new Money()).replaceAll('test#Money', 'test#Elsewhere');
    expect(() => decode(text)).toThrow();
    expect(JSON.parse(textOf(noMask, text))).toEqual({ amount: 12 });
  });

  it('as attributes that a mask has made something else of', () => {
    const texts = new ShownTexts((value) => ({ ...(value as object), at: new Date(0), many: [1, 2] }), {
      id: 'r',
      fn: 'f',
    });
    expect(texts.attributes({ card: 'visa' })).toEqual({
      card: 'visa',
      at: '1970-01-01T00:00:00.000Z',
      many: '[ 1, 2 ]',
    });
  });
});
