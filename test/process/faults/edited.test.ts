/** Journals, messages and settings that were edited by hand: their runs are blocked by name, and all others go on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type BlockedRun,
  createCallback,
  createRuntime,
  fileStore,
  MisuseError,
  type Runtime,
  type Store,
  StoreError,
  signals,
  sleep,
  startChild,
  waitFor,
  withPolicy,
} from '../../../runtime/index.ts';
import type { JournalEvent } from '../../../runtime/journal/events.ts';
import { checksum } from '../../../runtime/stores/row-sums.ts';
import { replay } from '../../../runtime/testing/index.ts';
import { durable } from '../../support/compiled.ts';
import { sample } from '../../support/tier.ts';

let folder: string;
let path: string;
const open: { runtime: Runtime; store: Store }[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'use-durable-edited-'));
  path = join(folder, 'runs.db');
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly blocked: (readonly [id: string, words: string])[];
}

function start(): Opened {
  const blocked: [string, string][] = [];
  const store = fileStore(path);
  const runtime = createRuntime({
    store,
    onBlocked: ({ id, error }: BlockedRun) => blocked.push([id, error.message]),
  });
  open.push({ runtime, store });
  return { runtime, store, blocked };
}

async function stop(): Promise<void> {
  for (const { runtime, store } of open.splice(0)) {
    await runtime.close({ timeoutMs: 0 });
    await store.close();
  }
}

function tamper<T>(work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(path);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const give = <T>(value: T): T => value;
let left = 0;
const flaky = (): string => {
  if (left-- > 0) throw new Error('not yet');
  return 'done';
};
const again = withPolicy(flaky, { retry: { attempts: 3, delay: 1 } });
const once = withPolicy(() => 'once', { atMostOnce: true });
const child = durable(async () => 'child', { id: 'child' });

/** Records an event of each type, and waits. */
const all = durable(
  async ($, given: string) => {
    await $.call('give', give)(given);
    left = 1;
    await $.call('again', again)();
    await $.call('once', once)();
    await $.call('sleep', sleep)(1);
    $.start('plain', give)('plain');
    const callback = (await $.call('createCallback', createCallback)({ timeout: '1 day' })) as {
      result(): Promise<unknown>;
    };
    void callback;
    const run = (await $.call('startChild', startChild)(child, [])) as { result(): Promise<unknown> };
    await $.method('run.result', run, 'result')();
    await $.call('waitFor', waitFor)('in time', { timeout: 1 }).catch(() => {});
    await $.call('waitFor#2', waitFor)('never', { timeout: '1 day' });
    return 'end';
  },
  { id: 'all' },
);
const simple = durable(
  async ($, given: string) => [await $.call('give', give)(given), await $.call('waitFor', waitFor)('go')],
  { id: 'simple' },
);
void signals;

/** Writes a journal, with checksums that fit. */
function write(db: DatabaseSync, id: string, events: readonly unknown[]): void {
  const { key } = db.prepare('select key from runs where id = ?').get(id) as { key: number };
  db.prepare('delete from events where run = ?').run(key);
  const insert = db.prepare('insert into events (run, seq, at, data, sum) values (?, ?, 1, ?, ?)');
  for (const [seq, event] of events.entries()) {
    const data = JSON.stringify(event);
    insert.run(key, seq, data, checksum(id, seq, data));
  }
}

async function recordAll(): Promise<readonly JournalEvent[]> {
  const { runtime, store } = start();
  const handle = await runtime.start(all, ['x'], { id: 'edited' });
  await (await runtime.start(simple, ['y'], { id: 'other' })).status();
  const isDone = async (): Promise<boolean> =>
    (await store.load('edited'))!.events.filter(({ type }) => type === 'expiry-set').length === 2;
  while (!(await isDone())) await turn();
  await handle.signal('never', 1);
  await handle.result();
  await stop();
  // As it was before its end, and with the events that the run didn't come to.
  const events = tamper((db) => {
    const rows = db
      .prepare(`select data from events where run = (select key from runs where id = 'edited') order by seq`)
      .all();
    db.exec(`update runs set status = 'running', length = 0 where id = 'edited'`);
    return rows.map(({ data }) => JSON.parse(String(data)) as JournalEvent);
  });
  const at = events.at(-1)!.at;
  const more = [
    { type: 'begun', key: 'begun', at },
    { type: 'made', key: 'made', at },
    { type: 'cancel-requested', value: '1j1', message: 99, at },
    { type: 'output', at, output: 3 },
  ] as JournalEvent[];
  const whole = [...events.slice(0, -1), ...more, events.at(-1)!];
  const types = new Set(whole.map(({ type }) => type));
  expect([...types].sort()).toEqual([
    'attempt-failed',
    'begun',
    'callback-created',
    'cancel-requested',
    'child-started',
    'expired',
    'expiry-set',
    'made',
    'output',
    'plain',
    'received',
    'run-ended',
    'run-started',
    'step',
    'step-started',
    'wait-fired',
    'wait-set',
  ]);
  return whole;
}

const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  7,
  -1.5,
  '',
  'text',
  [],
  ['x'],
  {},
  { key: 1 },
  undefined,
];

interface Edit {
  readonly name: string;
  readonly events: readonly unknown[];
}

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
const isAlike = (a: unknown, b: unknown): boolean => kindOf(a) === kindOf(b);

/** Each field of an event of each type, with a value of each type of JSON; and events at places where none may be. */
function edits(events: readonly JournalEvent[]): Edit[] {
  const found: Edit[] = [];
  const seen = new Set<string>();
  for (const [place, event] of events.entries()) {
    if (seen.has(event.type)) continue;
    seen.add(event.type);
    for (const field of Object.keys(event)) {
      for (const value of VALUES) {
        const before = Reflect.get(event, field) as unknown;
        const counts = ['attempt', 'message', 'version', 'output'].includes(field) && value === -1.5;
        if (!counts && isAlike(value, before)) continue;
        const edited = { ...event, [field]: value };
        const name = `${field} of ${event.type} is ${JSON.stringify(value)}`;
        found.push({ name, events: events.with(place, edited as JournalEvent) });
      }
    }
  }
  const [started, first] = events as [JournalEvent, JournalEvent];
  const last = events.at(-1)!;
  for (const value of [null, 5, 'text', [], {}, { type: 'step' }, { type: 'of tomorrow', at: 1 }])
    found.push({ name: `an event is ${JSON.stringify(value)}`, events: [started, value] });
  found.push({ name: 'no start', events: [first, ...events.slice(1)] });
  found.push({ name: 'two starts', events: [started, started, ...events.slice(1)] });
  found.push({ name: 'an end in the middle', events: [started, last, first] });
  return found;
}

/** What a run may do without, or has in more than one form. */
const HARMLESS =
  /^(output|code|trace|deadline|again|cancelled|until of callback-created|message of cancel-requested)\b.* undefined$/;

describe('journals that were edited', () => {
  it('block their runs by name, with the place and what is wrong, and the others go on', {
    timeout: 60_000,
  }, async () => {
    const events = await recordAll();
    const every = edits(events);
    expect(every.length).toBeGreaterThan(500);
    const all = sample(every, 5);
    // In one file, so that it takes no process for each: a run for every edit.
    const { store } = start();
    const by = { worker: 'gone', pid: 0, host: 'nowhere', leaseUntil: 0 };
    await store.together(() => {
      for (const index of all.keys()) void store.create(`edit-${index}`, events[0] as never, by);
    });
    await store.release('gone');
    await stop();
    tamper((db) => {
      db.exec(`pragma foreign_keys = off; begin; delete from events where run = (select key from runs where id = 'edited');
        delete from runs where id = 'edited'`);
      for (const [index, { events }] of all.entries()) write(db, `edit-${index}`, events);
      db.exec('commit');
    });
    const { runtime, blocked } = start();
    for (const handle of await runtime.recover()) handle.result().catch(() => {});
    const words = new Map(blocked);
    const wrong: string[] = [];
    for (const [index, { name }] of all.entries()) {
      const said = words.get(`edit-${index}`);
      if (HARMLESS.test(name)) continue;
      if (
        said === undefined ||
        !new RegExp(`run "edit-${index}" in .* is damaged: (event \\d+|its)`).test(said)
      )
        wrong.push(`${name}: ${said}`);
    }
    expect(wrong).toEqual([]);
    expect(words.has('other')).toBe(false);
    await (await runtime.get('other'))!.signal('go', 'went');
    expect(await (await runtime.get('other'))!.result()).toEqual(['y', 'went']);
    // The same is true of all who ask for such a run.
    await expect((await runtime.get('edit-1'))!.events()).rejects.toThrow(/run "edit-1" .*damaged/);
    await expect(runtime.rerun('edit-1')).rejects.toThrow(StoreError);
    await expect(runtime.resume('edit-1').then((handle) => handle.result())).rejects.toThrow(StoreError);
  });

  it('of a newer version say so, whatever is in them', async () => {
    const { store } = start();
    const by = { worker: 'gone', pid: 0, host: 'nowhere', leaseUntil: 0 };
    const startedNewer = {
      type: 'run-started',
      at: 1,
      version: 99,
      fn: 'simple',
      input: '1j["y"]',
      seed: '',
    } as const;
    await store.create('newer', startedNewer, by);
    await store.release('gone');
    await stop();
    tamper((db) => write(db, 'newer', [startedNewer, { type: 'of tomorrow', at: 1 }]));
    const { runtime, blocked } = start();
    for (const handle of await runtime.recover()) handle.result().catch(() => {});
    expect(blocked).toEqual([['newer', expect.stringMatching(/has version 99.*Update it/)]]);
  });

  it('are refused as texts as well', async () => {
    const { runtime } = start();
    const handle = await runtime.start(simple, ['y'], { id: 'r' });
    while ((await handle.events()).length < 2) await turn();
    const text = await handle.exportJournal();
    const journal = JSON.parse(text) as { events: JournalEvent[] };
    const refused = async (
      change: (copy: typeof journal & Record<string, unknown>) => void,
    ): Promise<string> => {
      const copy = JSON.parse(text) as typeof journal & Record<string, unknown>;
      change(copy);
      const error = await replay(simple, JSON.stringify(copy)).then(
        () => undefined,
        (e: unknown) => e,
      );
      expect(error).toBeInstanceOf(MisuseError);
      return (error as Error).message;
    };
    expect(await refused((copy) => Reflect.set(copy.events[1]!, 'key', 5))).toMatch(
      /event 1 has 5 as its "key"/,
    );
    expect(await refused((copy) => copy.events.push(copy.events[0]!))).toMatch(
      /which only the first one may be/,
    );
    expect(await refused((copy) => Reflect.set(copy, 'events', { 0: copy.events[0] }))).toMatch(/damaged/);
    expect(await refused((copy) => Reflect.set(copy, 'manifests', 5))).toMatch(/damaged/);
  });
});

describe('rows beside the journals', () => {
  it('of messages block the run that they are for, whether it is under way or not', async () => {
    const { runtime, store, blocked } = start();
    for (const id of ['one', 'two']) await runtime.start(simple, ['y'], { id });
    const one = (await runtime.get('one'))!.result().catch((error: unknown) => error);
    tamper((db) => {
      const keys = db.prepare('select key from runs order by key').all() as { key: number }[];
      db.prepare(
        `insert into messages (run, kind, name, ok, value, sum) values (?, 'signal', 'go', 1, '1j5', 1)`,
      ).run(keys[0]!.key);
    });
    expect(String(await one)).toMatch(/run "one" .*damaged: message \d+, which was sent to it, was changed/);
    await (await runtime.get('two'))!.signal('go', 2);
    expect(await (await runtime.get('two'))!.result()).toEqual(['y', 2]);
    expect(blocked.map(([id]) => id)).toEqual(['one']);
    await stop();
    const again = start();
    for (const handle of await again.runtime.recover()) handle.result().catch(() => {});
    expect(again.blocked.map(([id]) => id)).toEqual(['one']);
    expect((await store.name) === path).toBe(true);
  });

  it('of another function than the journal block the run', async () => {
    const { runtime } = start();
    await runtime.start(simple, ['y'], { id: 'r' });
    await stop();
    tamper((db) => db.exec(`update runs set fn = 'all'`));
    const { runtime: later, blocked } = start();
    for (const handle of await later.recover()) handle.result().catch(() => {});
    expect(blocked).toEqual([['r', expect.stringContaining('its row names the function "all"')]]);
  });

  describe.each([
    ['over', "status = 'completed', owner = null", 'completed'],
    ['failed', "status = 'failed', owner = null", 'failed'],
    ['waiting for somebody', "status = 'blocked', owner = null", 'blocked'],
    ['older', 'created_at = created_at - 1', 'running'],
  ])('that make a run %s', (_, change, status) => {
    it('block it, and all who ask are told', async () => {
      const { runtime } = start();
      for (const id of ['r', 'other']) await runtime.start(simple, ['y'], { id });
      await stop();
      tamper((db) => db.exec(`update runs set ${change} where id = 'r'`));
      const { runtime: later, store, blocked } = start();
      for (const handle of await later.recover()) handle.result().catch(() => {});
      const isOpen = status === 'blocked' || status === 'running';
      const words = /run "r" in .* is damaged: the row of the run was changed by something else/;
      expect(blocked).toEqual(isOpen ? [['r', expect.stringMatching(words)]] : []);
      const told = {
        id: 'r',
        status: 'blocked',
        reason: expect.stringContaining('row of the run was changed'),
      };
      expect(await later.list({ limit: 10 })).toMatchObject([told, { id: 'other', status: 'running' }]);
      expect(store.record('r')).toMatchObject(told);
      await expect((await later.get('r'))!.result()).rejects.toThrow(/row of the run was changed/);
      await expect((await later.get('r'))!.signal('go', 1)).rejects.toThrow(words);
      await expect(later.resume('r').then((handle) => handle.result())).rejects.toThrow(words);
      // What was changed isn't removed, and isn't believed later.
      await later.prune(new Date(Date.now() + 1_000));
      expect(store.record('r')).toMatchObject(told);
      await (await later.get('other'))!.signal('go', 2);
      expect(await (await later.get('other'))!.result()).toEqual(['y', 2]);
    });
  });

  it('of runs that are over are no longer believed when they say that they are not', async () => {
    const { runtime } = start();
    await runtime.start(simple, ['y'], { id: 'r' });
    await (await runtime.get('r'))!.signal('go', 1);
    expect(await (await runtime.get('r'))!.result()).toEqual(['y', 1]);
    await stop();
    tamper((db) => db.exec(`update runs set status = 'running', wake_at = 0`));
    const { runtime: later, blocked } = start();
    for (const handle of await later.recover()) handle.result().catch(() => {});
    expect(blocked).toEqual([['r', expect.stringMatching(/run "r" in .* is damaged/)]]);
  });

  it('of earlier versions have no checksum, and are believed', async () => {
    const { runtime } = start();
    await runtime.start(simple, ['y'], { id: 'r' });
    await stop();
    tamper((db) => db.exec('update runs set sum = null'));
    const { runtime: later, blocked } = start();
    await later.recover();
    await (await later.get('r'))!.signal('go', 1);
    expect(await (await later.get('r'))!.result()).toEqual(['y', 1]);
    expect(blocked).toEqual([]);
  });

  it('of manifests and schedules hold nobody else up', async () => {
    const { runtime, store } = start();
    await runtime.start(simple, ['y'], { id: 'r' });
    const nightly = await runtime.schedule('nightly', { cron: '0 3 * * *' }, simple, ['z']);
    nightly.stop();
    await store.swap('manifest:simple@1', undefined, '{}');
    await stop();
    tamper((db) => db.exec(`update settings set value = '5'`));
    const { runtime: later, store: again } = start();
    await later.recover();
    expect(() => again.setting('schedule:nightly')).toThrow(/under "schedule:nightly" is damaged/);
    await expect(later.schedule('nightly', { cron: '0 3 * * *' }, simple, ['z'])).rejects.toThrow(StoreError);
    tamper((db) => db.exec('update settings set sum = null'));
    await expect(later.schedule('nightly', { cron: '0 3 * * *' }, simple, ['z'])).rejects.toThrow(
      /schedule "nightly" is damaged/,
    );
    await (await later.get('r'))!.signal('go', 1);
    expect(await (await later.get('r'))!.result()).toEqual(['y', 1]);
  });
});
