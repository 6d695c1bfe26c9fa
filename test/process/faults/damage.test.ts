/** What happens to the file of a store, or to rows in it, while runs are in it: told by name, and nothing overwritten. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../runtime/base/errors.ts';
import {
  type BlockedRun,
  createRuntime,
  fileStore,
  type Runtime,
  type Store,
  waitFor,
} from '../../../runtime/index.ts';
import { durable } from '../../support/compiled.ts';

let folder: string;
let path: string;
const open: { runtime: Runtime; store: Store }[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'use-durable-damage-'));
  path = join(folder, 'runs.db');
});
afterEach(async () => {
  for (const { runtime, store } of open.splice(0)) {
    await runtime.close().catch(() => {});
    await store.close();
  }
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  readonly runtime: Runtime;
  readonly store: Store;
  /** What was blocked: ids and words. */
  readonly blocked: (readonly [id: string, words: string])[];
}

function start(options: { leaseMs?: number } = {}): Opened {
  const blocked: [string, string][] = [];
  const store = fileStore(path);
  const onBlocked = ({ id, error }: BlockedRun): unknown => blocked.push([id, error.message]);
  const runtime = createRuntime({ ...options, store, onBlocked });
  open.push({ runtime, store });
  return { runtime, store, blocked };
}

async function stop(): Promise<void> {
  for (const { runtime, store } of open.splice(0)) {
    await runtime.close();
    await store.close();
  }
}

const echo = (text: string): string => text;
/** Calls so many steps that give its mark, and waits for the signal `go`, whose payload it returns. */
const work = durable(
  async ($, mark: string, steps: number) => {
    for (let n = 0; n < steps; n++) await $.call('echo', echo)(mark.repeat(40));
    const payload = await $.call('waitFor', waitFor)('go');
    await $.call('last', echo)(mark);
    return payload;
  },
  { id: 'work' },
);

/** Starts runs with these ids, and waits until all their steps are recorded. */
async function begin({ runtime, store }: Opened, ids: readonly string[], steps: number): Promise<void> {
  for (const id of ids) await runtime.start(work, [`<${id}>`, steps], { id });
  for (const id of ids) while ((await eventsOf(store, id)) <= steps) await turn();
}

const eventsOf = async (store: Store, id: string): Promise<number> =>
  (await store.load(id))?.events.length ?? 0;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function finish({ runtime }: Opened, id: string): Promise<unknown> {
  const handle = await runtime.get(id);
  await handle?.signal('go', `${id} went`);
  return handle?.result();
}

async function failureOf({ runtime }: Opened, id: string): Promise<unknown> {
  const handle = await runtime.get(id);
  return handle?.result().then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Works on the file behind the store's back. */
function tamper(sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(`pragma busy_timeout = 5000; ${sql}`);
  db.close();
}

/** Overwrites the pages of which `hit` says so. */
function overwrite(hit: (page: Buffer) => boolean, how: (page: Buffer) => unknown): number {
  const bytes = readFileSync(path);
  const size = bytes.readUInt16BE(16);
  let count = 0;
  for (let at = size; at < bytes.length; at += size) {
    const page = bytes.subarray(at, at + size);
    if (!hit(page)) continue;
    how(page);
    count++;
  }
  writeFileSync(path, bytes);
  return count;
}

describe('pages', () => {
  const FILLED = ['one', 'before', 'torn', 'after', 'three'];
  // Not its first and its last one: whoever reads the run beside it to its end looks at what lies there. And leaves of the
  // tree only: what is above them may lead to those of other runs.
  const LEAF = 0x0a;
  const ofTorn = (page: Buffer): boolean =>
    page[0] === LEAF &&
    page.includes('<torn>') &&
    !page.includes('run-started') &&
    !page.includes('echo[99]') &&
    FILLED.every((id) => id === 'torn' || !page.includes(`<${id}>`));

  it.each([
    ['zeros', (page: Buffer) => page.fill(0)],
    ['half a page', (page: Buffer) => page.fill(0xff, 0, page.length / 2)],
    ['other text', (page: Buffer) => page.write('X', page.indexOf('<torn>'))],
  ])('of one run that are overwritten block it alone: %s', async (_, how) => {
    await begin(start(), FILLED, 100);
    await stop();
    expect(overwrite(ofTorn, how)).toBeGreaterThan(2);
    const again = start();
    expect((await again.runtime.list()).map(({ id }) => id)).toEqual(FILLED);
    for (const handle of await again.runtime.recover()) handle.result().catch(() => {});
    expect(await finish(again, 'one')).toBe('one went');
    expect(await finish(again, 'three')).toBe('three went');
    expect(again.blocked).toEqual([['torn', expect.stringMatching(/run "torn".*backup/)]]);
    const error = await failureOf(again, 'torn');
    expect(error).toBeInstanceOf(StoreError);
    expect((error as Error).message).toMatch(/run "torn".*backup/);
    await again.runtime.start(work, ['<new>', 1], { id: 'new' });
    expect(await finish(again, 'new')).toBe('new went');
    expect((await again.store.record('torn'))?.status).toBe('blocked');
  });

  it('at the root of all journals block each run by its name, and leave the rest as it is', async () => {
    await begin(start(), FILLED, 100);
    await stop();
    const db = new DatabaseSync(path);
    const root = Number(
      db.prepare(`select rootpage from sqlite_master where name = 'events'`).get()?.rootpage,
    );
    db.close();
    let page = 1;
    overwrite(
      () => ++page === root,
      (bytes) => bytes.fill(0),
    );
    const again = start();
    expect((await again.runtime.list()).map(({ id, status }) => [id, status])).toEqual(
      FILLED.map((id) => [id, 'running']),
    );
    for (const handle of await again.runtime.recover()) handle.result().catch(() => {});
    expect(again.blocked.map(([id]) => id).sort()).toEqual([...FILLED].sort());
    for (const [id, words] of again.blocked) expect(words).toContain(`"${id}"`);
    const refused = again.runtime.start(work, ['<new>', 1], { id: 'new' });
    await expect(refused).rejects.toThrow(/malformed.*backup/);
    await stop();
    const check = new DatabaseSync(path);
    expect(check.prepare('select count(*) as n from runs').get()).toEqual({ n: FILLED.length });
    check.close();
  });

  it('of a run that ended say so when it is removed, and the others are', async () => {
    const opened = start();
    await begin(opened, FILLED, 100);
    for (const id of FILLED) expect(await finish(opened, id)).toBe(`${id} went`);
    await stop();
    overwrite(ofTorn, (page) => page.fill(0));
    const again = start();
    await expect(again.runtime.prune(new Date(Date.now() + 1000))).rejects.toThrow(
      /run "\w+".*can't be removed/,
    );
    const left = (await again.runtime.list()).map(({ id }) => id);
    expect(left).toContain('torn');
    expect(left).not.toContain('one');
  });
});

describe('rows of a journal that change under way', () => {
  const rows = (): unknown => {
    const db = new DatabaseSync(path);
    try {
      return db.prepare('select * from events where run = 2 order by seq').all();
    } finally {
      db.close();
    }
  };

  it.each([
    ['missing', 'delete from events where run = 2 and seq = 3', 'STORE'],
    [
      'more than there were',
      'insert into events select run, 4, at, data, sum from events where run = 2 and seq = 3',
      'STORE',
    ],
  ])('stop their run alone: %s', async (_, sql, code) => {
    const opened = start();
    await begin(opened, ['one', 'two', 'three'], 3);
    tamper(sql);
    const before = rows();
    const two = failureOf(opened, 'two');
    await (await opened.runtime.get('two'))?.signal('go', 1);
    expect(await two).toMatchObject({ code, message: expect.stringMatching(/run "two"/i) });
    expect(await finish(opened, 'three')).toBe('three went');
    expect(rows()).toEqual(before);
  });
});

it('a row that can not be written stops its run by name, and not what is written with it', async () => {
  const opened = start();
  const ids = ['one', 'two', 'three'];
  await begin(opened, ids, 3);
  tamper(
    `create trigger refuse before insert on events when new.run = 2 begin select raise(abort, 'no row'); end`,
  );
  const two = failureOf(opened, 'two');
  // All at once, so that they are in one transaction; and a new run with them.
  const others = ids.filter((id) => id !== 'two').map((id) => finish(opened, id));
  await (await opened.runtime.get('two'))?.signal('go');
  const fresh = opened.runtime.start(work, ['<new>', 1], { id: 'new' });
  expect(await two).toMatchObject({
    code: 'STORE',
    message: expect.stringMatching(/run "two" has stopped.*no row/),
  });
  expect(await Promise.all(others)).toEqual(['one went', 'three went']);
  expect((await fresh).id).toBe('new');
  tamper('drop trigger refuse');
  await opened.runtime.recover();
  expect(await (await opened.runtime.get('two'))?.result()).toBeUndefined();
});

describe('the file', () => {
  const gone: [what: string, how: () => void, words: RegExp][] = [
    ['is deleted', () => unlinkSync(path), /deleted or moved away/],
    ['is moved', () => renameSync(path, `${path}.away`), /deleted or moved away/],
    ['is cut off', () => writeFileSync(path, readFileSync(path).subarray(0, 4096)), /cut off/],
    [
      'gives way to another',
      () => {
        unlinkSync(path);
        writeFileSync(path, 'precious');
      },
      /another file took its place/,
    ],
    ['loses its -wal file', () => unlinkSync(`${path}-wal`), /-wal file was deleted/],
  ];
  it.each(gone)('that %s stops its runs by name, and nothing is written any more', async (_, how, words) => {
    const opened = start({ leaseMs: 60 });
    await begin(opened, ['one', 'two'], 3);
    // A checkpoint, so that the main file holds more than its first page.
    tamper('pragma wal_checkpoint(passive)');
    const results = new Map(['one', 'two'].map((id) => [id, failureOf(opened, id)]));
    await opened.store.list();
    how();
    const before = snapshot();
    for (const id of ['one', 'two']) {
      const error = await results.get(id);
      expect(error).toBeInstanceOf(StoreError);
      expect((error as Error).message).toMatch(words);
      expect((error as Error).message).toContain(`run "${id}"`);
    }
    await expect(opened.runtime.start(work, ['<new>', 1], { id: 'new' })).rejects.toThrow(words);
    expect(snapshot()).toEqual(before);
  });

  /** The index of the WAL, `-shm`, is memory that readers share. */
  const snapshot = (): unknown =>
    readdirSync(folder)
      .filter((name) => !name.endsWith('-shm'))
      .map((name) => [name, readFileSync(join(folder, name), 'hex')]);
});

describe('a disk', () => {
  const SCRIPT = fileURLToPath(new URL('refused-writes.ts', import.meta.url));
  const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0;

  it.skipIf(!hasPrlimit)('that is full stops runs by name; they go on when there is room', () => {
    const command = 'ulimit -S -f 400; exec "$0" "$@"';
    const child = spawnSync('sh', ['-c', command, process.execPath, SCRIPT, path, 'full'], {
      encoding: 'utf8',
    });
    expect(child.stderr).toBe('');
    const { error, refused, results, statuses } = JSON.parse(child.stdout);
    expect(error).toMatch(/^StoreError: The run "large" has stopped .*runs\.db can't be written/);
    expect(refused).toMatch(/^StoreError: The store .*runs\.db can't be written/);
    expect(results).toEqual([40, 'small went']);
    expect(statuses).toEqual({ large: 'completed', small: 'completed', new: 'completed' });
  });

  it.skipIf(!hasPrlimit)('that becomes full in a burst of starts and steps loses and repeats nothing', () => {
    const command = 'ulimit -S -f 1200; exec "$0" "$@"';
    const child = spawnSync('sh', ['-c', command, process.execPath, SCRIPT, path, 'full in a burst'], {
      encoding: 'utf8',
    });
    expect(child.stderr).toBe('');
    const { refused, stopped, recorded, ...rest } = JSON.parse(child.stdout);
    expect(rest).toEqual({ halfStarted: [], repeated: [], results: [10_000] });
    // Some runs could not be started, some stopped, and something was recorded before.
    expect(refused.length).toBeGreaterThan(0);
    expect(stopped.length).toBeGreaterThan(0);
    expect(recorded).toBeGreaterThan(0);
    for (const error of [...refused, ...stopped])
      expect(error).toMatch(/^StoreError: .*runs\.db can't be written/);
  });

  it.skipIf(process.platform === 'win32')(
    'whose file may only be read says so, and the file stays as it is',
    async () => {
      await begin(start(), ['one'], 3);
      await stop();
      const before = readFileSync(path);
      chmodSync(folder, 0o555);
      chmodSync(path, 0o444);
      const child = spawnSync(process.execPath, [SCRIPT, path, 'read-only'], { encoding: 'utf8' });
      expect(child.stderr).toBe('');
      expect(JSON.parse(child.stdout).error).toMatch(
        /^StoreError: .*runs\.db.*(readonly|unable to open).*writable/,
      );
      expect(readFileSync(path)).toEqual(before);
      expect(existsSync(`${path}-wal`)).toBe(false);
    },
  );

  it.skipIf(process.platform === 'win32')('whose folder is closed says so', () => {
    chmodSync(folder, 0);
    const child = spawnSync(process.execPath, [SCRIPT, path, 'read-only'], { encoding: 'utf8' });
    expect(child.stderr).toBe('');
    expect(JSON.parse(child.stdout).error).toMatch(
      /^StoreError: .*runs\.db.*can't be opened.*(EACCES|permission denied)/,
    );
  });
});
