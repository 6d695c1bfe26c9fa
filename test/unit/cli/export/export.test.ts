/** `durable export`, and what reads it: `ls`, `show`, `why`, `graph --run`. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileStore } from '../../../../runtime/index.ts';
import type { JournalEvent } from '../../../../runtime/journal/events.ts';
import { manifestKey } from '../../../../runtime/local/run/manifests.ts';
import { encodeError } from '../../../../runtime/values/codec.ts';
import { FN, MANIFESTS, START, started, step } from '../../runtime/inspect/order.ts';
import { worker } from '../../runtime/stores/events.ts';
import { commandIn } from '../support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'use-durable-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const durable = (...args: string[]) => commandIn(folder, args);

/** What must not be in an export without values. */
const SECRETS = ['top-input', 'top-result', 'top-error', 'top-payload', 'top-customer', 'top-person'];
/** What is in none. */
const KEYS = ['top-seed', 'top-token'];

beforeAll(async () => {
  const store = fileStore(join(folder, 'runs.db'));
  await store.swap(manifestKey(FN, 'v1'), undefined, JSON.stringify(MANIFESTS.get(FN)!));
  const error = (await encodeError(new RangeError('top-error'), 'e')) as string;
  const first = {
    ...started,
    input: '1j["top-input"]',
    seed: 'top-seed',
    by: 'top-person',
    attributes: { customer: 'top-customer' },
    forks: [{ of: 'order-1', at: 1, seed: 'top-seed' }],
  };
  const claim = (await store.create('order-7', first as never, worker('me')))!;
  const at = START + 2000;
  const events: readonly JournalEvent[] = [
    { ...step('lines.map/stock', 900), value: '1j"top-result"' } as JournalEvent,
    {
      type: 'received',
      key: 'waitFor',
      ok: true,
      value: '1j"top-payload"',
      channel: 'signal:approved',
      message: 1,
      at,
    },
    {
      type: 'attempt-failed',
      key: 'charge',
      attempt: 1,
      value: error,
      startedAt: at,
      at,
      retryAt: at,
      worker: 'w',
    },
    step('charge', 3000, { attempt: 2 }),
    step('ship', 3500),
    { type: 'callback-created', key: 'createCallback', token: 'top-token', at: at + 2000 },
    step('ask', 5000),
  ];
  await store.append([{ claim, seq: 1, events }]);
  await store.send('order-7', { kind: 'signal', name: 'approved', ok: true, value: '1j"top-payload"' });
  await store.park(claim, Number.POSITIVE_INFINITY, 99);
  await store.close();
});

describe('durable export', () => {
  it('leaves values out, and what others could use', async () => {
    expect(await durable('export', 'order', '--store', 'runs.db', '-o', 'order-7.json')).toMatchObject({
      status: 0,
      output: '',
    });
    const text = readFileSync(join(folder, 'order-7.json'), 'utf8');
    for (const secret of [...SECRETS, ...KEYS]) expect(text).not.toContain(secret);
    expect(JSON.parse(text)).toMatchObject({ format: 'use-durable.run', version: 1, masked: true });
    expect(statSync(join(folder, 'order-7.json')).mode & 0o777).toBe(0o600);
    const again = await durable('export', 'order-7', '--store', 'runs.db', '-o', 'order-7.json');
    expect(again).toMatchObject({ status: 2, errors: expect.stringContaining("can't be written") });
  });

  it('has the values with --values, and never the seed and tokens', async () => {
    const { output } = await durable('export', 'order-7', '--store', 'runs.db', '--values');
    for (const secret of SECRETS) expect(output).toContain(secret);
    for (const key of KEYS) expect(output).not.toContain(key);
  });

  it('is read by ls, show, why and graph as the store is', async () => {
    const { output } = await durable('export', 'order-7', '--store', 'runs.db', '--values');
    writeFileSync(join(folder, 'whole.json'), output);
    for (const args of [
      ['show', 'order'],
      ['graph', '--run', 'order-7'],
      ['ls', '--attribute', 'customer=top-customer'],
    ])
      expect(
        (await durable(...args, '--store', 'whole.json')).output.replace(/\d+ \w+ ago/g, ''),
        args[0],
      ).toBe((await durable(...args, '--store', 'runs.db')).output.replace(/\d+ \w+ ago/g, ''));
    const masked = await durable('show', 'order-7', '--store', 'order-7.json');
    expect(masked.output).toContain('[masked, 14 characters]');
    expect(masked.output).toContain('attempt 1: RangeError: [masked');
    const { output: why } = await durable('why', 'order-7', '--store', 'order-7.json');
    expect(why).toContain('It waits for the answer to a callback');
    expect(why).not.toContain('top-');
    expect((await durable('show', 'ordre-7', '--store', 'whole.json')).errors).toContain('Is it order-7?');
  });

  it.each([
    ['{', 'is no run that was written'],
    ['{"a":1}', 'is no run that was written'],
    ['{"format":"use-durable.run","version":9}', 'Use a newer version'],
    ['{"format":"use-durable.run","version":1}', 'parts are missing'],
  ])('%s is refused', async (text, message) => {
    writeFileSync(join(folder, 'bad.json'), text);
    expect(await durable('show', 'x', '--store', 'bad.json')).toMatchObject({
      status: 2,
      errors: expect.stringContaining(message),
    });
  });

  it('a file of one run is steered by nobody', async () => {
    expect(await durable('cancel', 'order-7', '--store', 'whole.json')).toMatchObject({
      status: 2,
      errors: expect.stringContaining('is no store that this version'),
    });
  });
});
