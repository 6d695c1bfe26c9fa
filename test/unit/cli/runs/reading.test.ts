/** The commands that show runs, in this process: `ls`, `show`, `why`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { list } from '../../../../cli/ls/list.ts';
import { show } from '../../../../cli/show/show.ts';
import { why } from '../../../../cli/why/why.ts';
import { fileStore } from '../../../../runtime/index.ts';
import type { JournalEvent } from '../../../../runtime/journal/events.ts';
import { manifestKey } from '../../../../runtime/local/run/manifests.ts';
import type { Store } from '../../../../runtime/stores/store.ts';
import { encodeError } from '../../../../runtime/values/codec.ts';
import { FN, MANIFESTS, START, started, step } from '../../runtime/inspect/order.ts';
import { worker } from '../../runtime/stores/events.ts';

const folder = mkdtempSync(join(tmpdir(), 'use-durable-reading-'));
const path = join(folder, 'runs.db');
let store: Store;

beforeAll(async () => {
  store = fileStore(path);
  const manifest = MANIFESTS.get(FN)!;
  await store.swap(manifestKey(FN, 'v1'), undefined, JSON.stringify(manifest));
  const create = async (id: string, events: readonly JournalEvent[]) => {
    const attributes = { customer: 'c-1', number: Number(id.slice(-1)), urgent: id === 'order-3' };
    const claim = (await store.create(id, { ...started, attributes } as never, worker('me')))!;
    await store.append([{ claim, seq: 1, events }]);
    return claim;
  };
  const stocked = Array.from({ length: 9 }, (_, index) =>
    step(`lines.map${index === 0 ? '' : `[${index}]`}/stock`, 900),
  );
  const error = (await encodeError(new RangeError('declined\u001b[31m'), 'e')) as string;
  await create('order-1', [
    ...stocked,
    {
      type: 'received',
      key: 'waitFor',
      ok: true,
      value: '1j"Ann"',
      channel: 'signal:approved',
      message: 1,
      at: START + 3_600_000,
    },
    {
      type: 'attempt-failed',
      key: 'charge',
      attempt: 1,
      value: error,
      startedAt: START + 3_600_100,
      at: START + 3_600_200,
      retryAt: START + 3_601_000,
      worker: 'me',
    },
    { ...step('charge', 3_602_000, { ok: false, attempt: 2 }), value: error } as JournalEvent,
    { type: 'run-ended', ok: false, value: error, at: START + 3_603_000 },
  ]);
  await create('order-2', [{ ...step('charge', 100), value: `1j"${'x'.repeat(5000)}"` } as JournalEvent]);
  const parked = await create('order-3', stocked);
  await store.park(parked, Number.POSITIVE_INFINITY, 0);
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => vi.restoreAllMocks());

async function printed(command: () => Promise<number>): Promise<string> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => void lines.push(text));
  expect(await command()).toBe(0);
  return lines.join('\n');
}

describe('ls', () => {
  it('lists runs, the newest first, with what keeps them', async () => {
    const text = await printed(() => list(undefined, { store: path }));
    expect(text).toMatch(/^3 runs {2}● 2 running {2}✗ 1 failed\n\n/);
    const rows = text.split('\n').slice(2);
    expect(rows.map((row) => row.slice(0, 9))).toEqual(['● order-3', '● order-2', '✗ order-1']);
    expect(rows[0]).toContain('waits for a message');
    expect(rows[1]).toContain('driven');
  });

  it('filters, and goes on with a cursor', async () => {
    const json = async (text: string | undefined, options: object) =>
      JSON.parse(await printed(() => list(text, { store: path, json: true, ...options }))) as {
        runs: { id: string }[];
        next?: string;
        counts: object;
      };
    const ids = async (text: string | undefined, options: object) =>
      (await json(text, options)).runs.map(({ id }) => id);
    expect(await ids(undefined, { status: 'failed,blocked' })).toEqual(['order-1']);
    expect(await ids('r-2', {})).toEqual(['order-2']);
    expect(await ids(undefined, { fn: 'order', limit: '1' })).toEqual(['order-3']);
    expect(await ids(undefined, { attribute: ['customer=c-1', 'number=2'] })).toEqual(['order-2']);
    expect(await ids(undefined, { attribute: ['number="2"'] })).toEqual([]);
    expect(await ids(undefined, { attribute: ['urgent=true'] })).toEqual(['order-3']);
    expect(await ids(undefined, { since: '1 min' })).toEqual([]);
    expect(await ids(undefined, { until: '2026-05-01' })).toEqual([]);
    const { next, counts } = await json(undefined, { limit: '2' });
    expect(await ids(undefined, { cursor: next })).toEqual(['order-1']);
    expect(counts).toEqual({ running: 2, blocked: 0, completed: 0, failed: 1, cancelled: 0 });
    const page = await printed(() => list(undefined, { store: path, limit: '2' }));
    expect(page).toContain(`--cursor ${next}`);
    for (const [options, message] of [
      [{ status: 'done' }, '--status takes'],
      [{ fn: 'nothing' }, 'There are runs of: shop/src/order.ts#order'],
      [{ since: 'noon' }, '--since takes a date'],
      [{ attribute: ['customer'] }, '--attribute takes name=value'],
      [{ attribute: ['a=1', 'a=2'] }, '--attribute names "a" twice'],
      [{ attribute: ['1=1'] }, '--attribute: '],
      [{ limit: '0' }, '--limit takes'],
      [{ cursor: 'x' }, 'is not the id of a run'],
    ] as const)
      await expect(list(undefined, { store: path, ...options }), message).rejects.toThrow(message);
  });
});

describe('show', () => {
  it('shows the timeline, with repetitions and pauses folded, attempts, and what failed', async () => {
    const text = await printed(() => show('order-1', { store: path }));
    expect(text).toContain('order-1  order  ✗ failed');
    expect(text).toContain("input     [ [ 'a' ] ]");
    expect(text).toContain('⋯ 6 more, lines.map[2] … lines.map[7]');
    expect(text).toContain('⋯ idle 59 min 59 s');
    expect(text).toContain("✓ waitFor('approved')");
    expect(text).toContain("→ 'Ann'");
    expect(text).toContain('✗ Take the money  1 s  src/order.ts:9');
    expect(text).toContain('attempt 1: RangeError: declined');
    // Nothing that a run wrote steers the terminal.
    expect(text).not.toContain('\u001b');
  });

  it('leaves large values to --full, which names keys', async () => {
    expect(await printed(() => show('order-2', { store: path }))).toContain(
      '5,004 characters, shown with --full',
    );
    const full = await printed(() => show('order-2', { store: path, full: true }));
    expect(full).toContain('x'.repeat(5000));
    expect(full).toContain('key charge');
    expect(full).toContain(`v1 of ${FN}`);
    const json = await printed(() => show('order-2', { store: path, json: true }));
    expect(JSON.parse(json)).toMatchObject({
      record: { id: 'order-2' },
      rows: [{ key: 'charge', value: { size: 5004 } }],
    });
  });

  it('watches a run until it ends', async () => {
    const text = await printed(() => show('order-1', { store: path, watch: true, json: true }));
    expect(JSON.parse(text)).toMatchObject({ record: { status: 'failed' } });
  });
});

describe('why', () => {
  it('names the line, the time and the command', async () => {
    const text = await printed(() => why('order-3', { store: path }));
    expect(text).toContain('✉ It waits for the signal "approved".');
    expect(text).toContain('at       src/order.ts:6:20');
    expect(text).toContain("waitFor('approved')");
    expect(text).toContain('npx durable signal order-3 approved JSON');
    const json = JSON.parse(await printed(() => why('order-3', { store: path, json: true }))) as {
      reasons: object[];
    };
    expect(json.reasons[0]).toMatchObject({
      kind: 'signal',
      ways: [{ command: 'durable signal order-3 approved JSON' }],
    });
  });

  it('says that a run has ended', async () => {
    expect(await printed(() => why('order-1', { store: path }))).toContain(
      'It waits for nothing: it is failed.',
    );
  });

  it('refuses what is no run', () => expect(why('order', { store: path })).rejects.toThrow('Several runs'));
});
