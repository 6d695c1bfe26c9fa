import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { MisuseError, StoreError } from '../../../../runtime/base/errors.ts';
import type { Claim } from '../../../../runtime/stores/claims.ts';
import { fileStore } from '../../../../runtime/stores/sqlite.ts';
import type { Store } from '../../../../runtime/stores/store.ts';
import { itInFull } from '../../../support/tier.ts';
import { storeContract } from './contract.ts';
import { deadPid, ended, started, step, worker } from './events.ts';

const root = mkdtempSync(join(tmpdir(), 'use-durable-stores-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
let folder: string;
let path: string;
beforeEach(() => {
  folder = join(root, String(count++));
  path = join(folder, 'runs.db');
});

storeContract('file', () => fileStore(path));

/** Works on the file behind the store's back. */
function tamper(sql: string, at = path): void {
  const db = new DatabaseSync(at);
  db.exec(sql);
  db.close();
}

/** A store in a fresh file with these runs. */
function storeWith(...ids: string[]): { store: Store; claims: Claim[] } {
  const store = fileStore(path);
  return { store, claims: ids.map((id) => store.create(id, started(), worker('a')) as Claim) };
}

/** Opening must be refused in these words, with nothing changed in the folder. */
function expectRefused(words: RegExp): void {
  const before = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'hex')]);
  expect(() => fileStore(path)).toThrow(StoreError);
  expect(() => fileStore(path)).toThrow(words);
  expect(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'hex')])).toEqual(before);
}

describe('the file', () => {
  it('is created with its folder and keeps everything', async () => {
    path = join(folder, 'a', 'b', 'runs.db');
    const { store, claims } = storeWith('r');
    expect(store.name).toBe(path);
    await store.append([{ claim: claims[0]!, seq: 1, events: [step('a'), ended()] }]);
    await store.close();
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['runs.db']);
    const again = fileStore(path);
    expect(await again.load('r')).toMatchObject({
      record: { status: 'completed' },
      events: [started(), step('a'), ended()],
    });
    await again.close();
  });

  it('has the modes that make a commit durable', () => {
    const { store } = storeWith('r');
    const db = new DatabaseSync(path);
    expect(db.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(db.prepare('pragma application_id').get()).toEqual({ application_id: 0x75447572 });
    expect(db.prepare('pragma user_version').get()).toEqual({ user_version: 7 });
    db.close();
    void store.close();
  });

  it('of the version before gets attributes, and its runs go on', async () => {
    const { store, claims } = storeWith('r');
    await store.close();
    const db = new DatabaseSync(path);
    db.exec('drop table attributes; drop table actions; pragma user_version = 6');
    db.close();
    const again = fileStore(path);
    const shown = { attributes: { customer: 'c-1' } };
    expect(again.append([{ claim: claims[0]!, seq: 1, events: [step('a')], shown }])).toEqual([]);
    expect(again.list({ attributes: { customer: 'c-1' } })).toMatchObject([
      { id: 'r', attributes: { customer: 'c-1' } },
    ]);
    await again.close();
  });

  it('is listed without attributes that are damaged', async () => {
    const { store } = storeWith('r');
    tamper("insert into attributes (run, name, value) select key, 'customer', 'no json' from runs");
    expect(store.list()).toMatchObject([{ id: 'r', attributes: {} }]);
    await store.close();
  });

  it('of the version before learns which code its unfinished runs execute', async () => {
    const store = fileStore(path);
    for (const id of ['one', 'two', 'over']) {
      const claim = store.create(id, { ...started(), code: { 'shop/order': 'A' } }, worker('a')) as Claim;
      const events = [
        { ...step('a'), code: { called: 'X' } },
        { ...step('b'), code: { called: 'Y' } },
      ];
      void store.append([{ claim, seq: 1, events }]);
      const next = id === 'one' ? { ...step('c'), code: { 'shop/order': 'B' } } : step('c');
      void store.append([{ claim, seq: 3, events: id === 'over' ? [ended()] : [next] }]);
    }
    void store.create('old', started(), worker('a'));
    const known = store.codeInUse();
    expect(known).toHaveLength(4);
    await store.close();
    const db = new DatabaseSync(path);
    db.exec(`drop table attributes; drop table actions; drop index runs_by_code; drop table codes; alter table runs drop column code; pragma user_version = 5;
      update events set data = '{"broken "code":{' where run = (select key from runs where id = 'over');`);
    db.close();
    const again = fileStore(path);
    expect(again.codeInUse()).toEqual(known);
    expect([
      again.isInUse('shop/order', 'A'),
      again.isInUse('called', 'Y'),
      again.isInUse('called', 'X'),
    ]).toEqual([true, true, false]);
    await again.close();
  });

  it('may have runs that a process of the version before has ended after that', async () => {
    const { store, claims } = storeWith('r');
    void store.append([{ claim: claims[0]!, seq: 1, events: [step('a'), ended()] }]);
    tamper("insert into codes (run, fn, code) select key, 'called', 'X' from runs");
    expect(store.isInUse('called', 'X')).toBe(false);
    expect(await store.prune(10_000, 100)).toEqual({ runs: 1, done: true });
    await store.close();
  });

  it('may exist and be empty', async () => {
    mkdirSync(folder);
    writeFileSync(path, '');
    const { store } = storeWith('r');
    expect(await store.record('r')).toBeDefined();
    await store.close();
  });

  it('undoes a transaction that fails halfway', async () => {
    const store = fileStore(path);
    expect(() =>
      store.together(() => {
        void store.create('one', started(), worker('a'));
        throw new Error('the disk is full');
      }),
    ).toThrow(/can't be written: the disk is full/);
    expect(await store.list()).toEqual([]);
    expect(await store.create('one', started(), worker('a'))).not.toBeNull();
    await store.close();
  });

  it('gives very many runs up in portions, and lets others in between', async () => {
    const store = fileStore(path);
    await store.together(() => {
      for (let n = 0; n < 1_200; n++) void store.create(`r${n}`, started(), worker('a'));
    });
    const released = store.release('a');
    const held = (): number => {
      const db = new DatabaseSync(path);
      const row = db.prepare('select count(*) as held from runs where owner is not null').get();
      db.close();
      return Number(row?.held);
    };
    expect(held()).toBe(700);
    await released;
    expect(held()).toBe(0);
    const db = new DatabaseSync(path);
    expect(db.prepare('select * from workers').all()).toEqual([]);
    db.close();
    await store.close();
  });

  it('is refused, untouched, if a newer version wrote it', async () => {
    await storeWith('r').store.close();
    tamper('pragma user_version = 8');
    expectRefused(/newer use-durable.*Update/);
  });

  it('is refused if a newer version wrote it and has not checkpointed', async () => {
    const { store } = storeWith('r');
    const db = new DatabaseSync(path);
    db.exec('pragma wal_autocheckpoint = 0; pragma user_version = 8');
    const main = readFileSync(path, 'hex');
    expect(() => fileStore(path)).toThrow(/newer use-durable/);
    expect(readFileSync(path, 'hex')).toBe(main);
    db.close();
    await store.close();
  });

  it('is refused, untouched, if it is no database', () => {
    mkdirSync(folder);
    for (const text of ['x', 'some notes of mine\n'.repeat(50), 'SQLite format 3\0']) {
      writeFileSync(path, text);
      expectRefused(/is not a database/);
    }
  });

  it("is refused, untouched, if it is somebody else's database", () => {
    mkdirSync(folder);
    tamper('create table runs (id text)');
    expectRefused(/database of another program/);
    rmSync(path);
    tamper('pragma journal_mode = wal; pragma application_id = 7; create table t (id text)');
    expectRefused(/database of another program/);
  });

  it('is refused if it is a folder, or lies in a file', () => {
    mkdirSync(path, { recursive: true });
    expect(() => fileStore(path)).toThrow(/is not a file/);
    const file = join(folder, 'file');
    writeFileSync(file, 'x');
    expect(() => fileStore(join(file, 'runs.db'))).toThrow(StoreError);
    expect(readFileSync(file, 'utf8')).toBe('x');
  });

  it('is refused if its tables are gone', async () => {
    await storeWith('r').store.close();
    tamper('drop table events');
    expect(() => fileStore(path)).toThrow(StoreError);
  });

  it('has to be a file', () => {
    expect(() => fileStore(':memory:')).toThrow(MisuseError);
    expect(() => fileStore('')).toThrow(MisuseError);
    expect(existsSync(':memory:')).toBe(false);
  });
});

describe('damage', () => {
  const damages: [string, string, RegExp][] = [
    [
      'a row in between is missing',
      'delete from events where run = 1 and seq = 1',
      /run "one".*event 1 is missing/,
    ],
    [
      'the first row is missing',
      'delete from events where run = 1 and seq = 0',
      /run "one".*event 0 is missing/,
    ],
    ['all rows are missing', 'delete from events where run = 1', /run "one".*first event is missing/],
    [
      'the last row is missing',
      'delete from events where run = 1 and seq = 3',
      /run "one".*last event is missing/,
    ],
    [
      'a row is cut off',
      `update events set data = '{"type":"st' where run = 1 and seq = 1`,
      /event 1 can't be read/,
    ],
    [
      'a row is something else',
      `update events set data = '[]' where run = 1 and seq = 2`,
      /event 2 can't be read/,
    ],
  ];

  it.each(damages)('is told of one run and spares the others: %s', async (_, sql, words) => {
    const { store, claims } = storeWith('one', 'two');
    const [one, two] = claims;
    await store.append([{ claim: one!, seq: 1, events: [step('a'), step('b'), ended()] }]);
    await store.append([{ claim: two!, seq: 1, events: [step('a')] }]);
    tamper(sql);
    expect(() => store.load('one')).toThrow(StoreError);
    expect(() => store.load('one')).toThrow(words);
    expect((await store.list()).map(({ id }) => id)).toEqual(['one', 'two']);
    expect((await store.load('two'))?.events).toHaveLength(2);
    expect(store.append([{ claim: two!, seq: 2, events: [ended()] }])).toEqual([]);
    await store.close();
  });

  it('of a write undoes the whole batch, and the store goes on', async () => {
    const { store, claims } = storeWith('one', 'two');
    const [one, two] = claims;
    tamper(
      `create trigger full before insert on events when new.run = 2 begin select raise(abort, 'no room'); end`,
    );
    const batch = [
      { claim: one!, seq: 1, events: [step('a')] },
      { claim: two!, seq: 1, events: [step('a')] },
    ];
    expect(() => store.append(batch)).toThrow(StoreError);
    expect(() => store.append(batch)).toThrow(/runs\.db can't be written: no room/);
    expect(() => store.append([batch[1]!])).toThrow(StoreError);
    expect((await store.load('one'))?.events).toHaveLength(1);
    tamper('drop trigger full');
    expect(store.append(batch)).toEqual([]);
    expect((await store.load('two'))?.events).toHaveLength(2);
    await store.close();
  });

  it.skipIf(process.platform === 'win32')('by a full disk undoes one append, and the store goes on', () => {
    mkdirSync(folder);
    const script = fileURLToPath(new URL('fill.ts', import.meta.url));
    // Where the limit is, so much is left free by the append that was undone that the end of the run can be written.
    const command = 'ulimit -f 520; exec "$0" "$@"';
    const child = spawnSync('sh', ['-c', command, process.execPath, script, path], { encoding: 'utf8' });
    expect(child.stderr).toBe('');
    const { isStoreError, written, events, refused, status } = JSON.parse(child.stdout);
    expect({ isStoreError, refused, status }).toEqual({
      isStoreError: true,
      refused: [],
      status: 'completed',
    });
    expect(written).toBeGreaterThan(1);
    expect(events).toBe(written);
  });
});

describe('several stores on one file', () => {
  it('see each other, and fence a stale worker off', async () => {
    const first = fileStore(path);
    const second = fileStore(path);
    const old = first.create('r', started(), worker('a', { leaseUntil: Date.now() - 1 })) as Claim;
    const [claim] = (await second.claim(worker('b'))) as [Claim];
    expect(first.append([{ claim: old, seq: 1, events: [step('a')] }])).toEqual(['r']);
    expect(first.block(old, 'stale')).toBe(false);
    expect(second.append([{ claim, seq: 1, events: [step('b')] }])).toEqual([]);
    expect((await first.load('r'))?.events).toEqual([started(), step('b')]);
    await first.close();
    await second.close();
  });

  itInFull('say when another process holds the file for too long', { timeout: 20_000 }, async () => {
    const { store, claims } = storeWith('r');
    const other = new DatabaseSync(path);
    other.exec('begin immediate');
    const append = () => store.append([{ claim: claims[0]!, seq: 1, events: [step('a')] }]);
    expect(append).toThrow(/can't be written.*Another process held a transaction/);
    expect((await store.load('r'))?.events).toHaveLength(1);
    other.exec('rollback');
    expect(append()).toEqual([]);
    other.close();
    await store.close();
  });

  it('in processes of their own share the runs, and nothing is lost or doubled', {
    timeout: 60_000,
  }, async () => {
    const script = fileURLToPath(new URL('writer.ts', import.meta.url));
    const startAt = Date.now() + 1_500;
    // Not `a`, which is who creates the runs here: to release its claims must not release those of a writer.
    const writers = ['p', 'q', 'r'].map((name) =>
      spawn(process.execPath, [script, path, name, '200', String(startAt)], {
        stdio: ['ignore', 'inherit', 'pipe'],
      }),
    );
    const errors = writers.map(async (child) => (await child.stderr!.toArray()).join(''));
    while (Date.now() < startAt) await new Promise((done) => setTimeout(done, 10));
    const { store } = storeWith('one', 'two', 'three', 'four');
    await store.release('a');
    const codes = await Promise.all(writers.map(async (child) => (await once(child, 'exit'))[0]));
    expect(await Promise.all(errors)).toEqual(['', '', '']);
    expect(codes).toEqual([0, 0, 0]);
    const keys: string[] = [];
    for (const { id } of await store.list()) {
      for (const event of (await store.load(id))!.events.slice(1))
        if (event.type === 'step') keys.push(event.key);
    }
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThanOrEqual(600);
    for (const name of ['p', 'q', 'r']) {
      const own = keys.filter((key) => key.startsWith(name));
      for (let left = 200; left > 0; left--) expect(own).toContain(`${name}-${left}`);
    }
    await store.close();
  });

  it('give the runs of a killed process at once, and what it had committed', async () => {
    const url = new URL('../../../../runtime/stores/sqlite.ts', import.meta.url).href;
    const by = { worker: 'killed', host: hostname(), leaseUntil: Date.now() + 60_000 };
    const code = `
      const { fileStore } = await import(${JSON.stringify(url)});
      const store = fileStore(${JSON.stringify(path)});
      const claim = store.create('r', ${JSON.stringify(started())}, { ...${JSON.stringify(by)}, pid: process.pid });
      store.append([{ claim, seq: 1, events: [${JSON.stringify(step('a'))}] }]);
      process.kill(process.pid, 'SIGKILL');`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
    expect(child.stderr).toBe('');
    expect(child.signal).toBe('SIGKILL');
    const store = fileStore(path);
    const claims = (await store.claim(worker('b'))) as Claim[];
    expect(claims).toEqual([{ runId: 'r', token: 2 }]);
    expect((await store.load('r'))?.events).toEqual([started(), step('a')]);
    await store.close();
  });

  /** As if worker `a` had been another thread, or one elsewhere. */
  const disguise = (change: string): void =>
    tamper(`update workers set process = ${change} where worker = 'a'`);
  const claimed = async (store: Store): Promise<string[]> =>
    (await store.claim(worker('b'))).map(({ runId }) => runId);

  it('tell a thread from an earlier one with the same ids', async () => {
    const { store } = storeWith('earlier');
    await store.create('other-runtime', started(), worker('c'));
    disguise("process || '1'");
    // Where the system has no /proc, its lease has to run out.
    expect(await claimed(store)).toEqual(existsSync('/proc/self/stat') ? ['earlier'] : []);
    await store.close();
  });

  it.skipIf(!existsSync('/proc/self/stat'))(
    'go by the lease of a worker whose processes they do not see',
    async () => {
      const { store } = storeWith('r');
      for (const elsewhere of [
        "replace(process, 'pid:[', 'pid:[9')",
        "'00000000-0000-0000-0000-000000000000' || substr(process, 37)",
        "'an-earlier-format:1'",
        'null',
      ]) {
        disguise(elsewhere);
        tamper(`update workers set pid = ${deadPid()} where worker = 'a'`);
        expect(await claimed(store), elsewhere).toEqual([]);
      }
      await store.renew(worker('a', { leaseUntil: Date.now() - 1 }));
      expect(await claimed(store)).toEqual(['r']);
      await store.close();
    },
  );

  it.skipIf(!existsSync('/proc/thread-self'))(
    'give the runs of a worker thread that was terminated at once, though its process lives on',
    async () => {
      const url = new URL('../../../../runtime/stores/sqlite.ts', import.meta.url).href;
      const code = `
        import { parentPort } from 'node:worker_threads';
        const { fileStore } = await import(${JSON.stringify(url)});
        const by = { worker: 'thread', pid: process.pid, host: 'h', leaseUntil: Date.now() + 60_000 };
        fileStore(${JSON.stringify(path)}).create('r', ${JSON.stringify(started())}, by);
        parentPort.postMessage('created');
        setInterval(() => {}, 1000);`;
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'thread.mjs'), code);
      const thread = new Worker(join(folder, 'thread.mjs'));
      await once(thread, 'message');
      const store = fileStore(path);
      expect(await claimed(store)).toEqual([]);
      await thread.terminate();
      expect(await claimed(store)).toEqual(['r']);
      await store.close();
    },
  );
});
