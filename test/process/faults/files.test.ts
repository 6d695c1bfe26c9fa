/** Files of stores that are damaged in many ways: no process ends, nothing hangs, and no run comes to a wrong result. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createRuntime,
  DurableError,
  fileStore,
  type Store,
  StoreError,
  waitFor,
} from '../../../runtime/index.ts';
import { durable } from '../../support/compiled.ts';
import { FULL } from '../../support/tier.ts';

const RUNS = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7'];
const STEPS = 40;

let folder: string;
let original: Readonly<Record<string, Buffer>>;

const echo = (text: string): string => text;
const work = durable(
  async ($, id: string) => {
    let all = '';
    for (let n = 0; n < STEPS; n++) all += await $.call('echo', echo)(`${id}-${n};`.repeat(5));
    return [all, await $.call('waitFor', waitFor)('go')];
  },
  { id: 'damaged-work' },
);
const resultOf = (id: string): unknown => [
  Array.from({ length: STEPS }, (_, n) => `${id}-${n};`.repeat(5)).join(''),
  `${id} went`,
];

/** The files of a store whose process was killed: two runs are over, the others wait. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'use-durable-files-'));
  const path = join(folder, 'original.db');
  const store = fileStore(path);
  const runtime = createRuntime({ store });
  for (const id of RUNS) await runtime.start(work, [id], { id });
  for (const id of RUNS) {
    while ((await store.load(id))!.events.length <= STEPS)
      await new Promise((resolve) => setImmediate(resolve));
  }
  const db = new DatabaseSync(path);
  db.exec('pragma wal_checkpoint(passive)');
  for (const id of ['r6', 'r7']) {
    const handle = await runtime.get(id);
    await handle!.signal('go', `${id} went`);
    await handle!.result();
  }
  // What is in the -wal file alone is the end of these two.
  original = { '': readFileSync(path), '-wal': readFileSync(`${path}-wal`) };
  db.close();
  await runtime.close({ store: true });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The same numbers each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) | 0;
    return (state >>> 0) % below;
  };
}

const PAGE = 4096;
const flip = (bytes: Buffer, at: number, bit: number): void => {
  bytes[at] = bytes[at]! ^ (1 << bit);
};

type Damage = (files: Record<string, Buffer>, next: (below: number) => number) => void;
const KINDS: readonly (readonly [name: string, times: number, damage: Damage])[] = [
  ['cut off anywhere', 20, (files, next) => (files[''] = files['']!.subarray(0, next(files['']!.length)))],
  [
    'cut off at a page',
    10,
    (files, next) => {
      files[''] = files['']!.subarray(0, PAGE * (1 + next(files['']!.length / PAGE - 1)));
    },
  ],
  ['a bit flipped', 25, (files, next) => flip(files['']!, next(files['']!.length), next(8))],
  [
    'a hundred bits flipped',
    10,
    (files, next) => {
      for (let n = 0; n < 100; n++) flip(files['']!, next(files['']!.length), next(8));
    },
  ],
  [
    'a page of zeros',
    15,
    (files, next) => {
      const at = PAGE * next(files['']!.length / PAGE);
      files['']!.fill(0, at, at + PAGE);
    },
  ],
  [
    'two pages exchanged',
    10,
    (files, next) => {
      const bytes = files['']!;
      const [a, b] = [PAGE * (1 + next(bytes.length / PAGE - 1)), PAGE * (1 + next(bytes.length / PAGE - 1))];
      const first = Buffer.from(bytes.subarray(a, a + PAGE));
      bytes.copy(bytes, a, b, b + PAGE);
      first.copy(bytes, b);
    },
  ],
  [
    'other bytes behind it',
    5,
    (files, next) => {
      files[''] = Buffer.concat([files['']!, Buffer.alloc(1 + next(3 * PAGE), 'x')]);
    },
  ],
  ['no -wal file', 1, (files) => void delete files['-wal']],
  ['an empty -wal file', 1, (files) => (files['-wal'] = Buffer.alloc(0))],
  [
    'a -wal file cut off',
    12,
    (files, next) => (files['-wal'] = files['-wal']!.subarray(0, next(files['-wal']!.length))),
  ],
  [
    'a bit flipped in the -wal file',
    12,
    (files, next) => flip(files['-wal']!, next(files['-wal']!.length), next(8)),
  ],
  ['a -wal file of other bytes', 3, (files, next) => (files['-wal'] = Buffer.alloc(1 + next(20_000), 'x'))],
];
const CASES = KINDS.flatMap(([name, times, damage]) =>
  Array.from({ length: times }, (_, n) => [name, n + 1, damage] as const),
);

it('there are as many as are spoken of', () => {
  expect(CASES.length + SPECIAL.length).toBeGreaterThanOrEqual(120);
});

/** Longer than the lease of a worker on a file. */
const WAITING_MS = 30_000;

/** Uses all of a store as a worker does; gives what each run came to, an error where that is what it came to. */
async function use(path: string): Promise<ReadonlyMap<string, unknown>> {
  const outcomes = new Map<string, unknown>();
  let store: Store;
  try {
    store = fileStore(path);
  } catch (error) {
    for (const id of RUNS) outcomes.set(id, error);
    return outcomes;
  }
  const runtime = createRuntime({ store, onBlocked: () => {} });
  const attempt = async (act: () => unknown): Promise<unknown> => {
    try {
      return await act();
    } catch (error) {
      return error;
    }
  };
  const told = [await attempt(() => runtime.list()), await attempt(() => runtime.recover())];
  for (const id of RUNS) {
    const outcome = await attempt(async () => {
      const handle = await runtime.get(id);
      if (handle === undefined) return undefined;
      if (['running', 'blocked'].includes(await handle.status())) {
        // Nobody drives it then, and that has been told.
        if (told[1] instanceof Error) throw told[1];
        await handle.signal('go', `${id} went`);
      }
      // A run whose row names a worker that seems to be alive waits for that.
      return Promise.race([handle.result(), delay(WAITING_MS, undefined, { ref: false })]);
    });
    outcomes.set(id, outcome);
  }
  for (const one of told) if (one instanceof Error) expect(one).toBeInstanceOf(DurableError);
  await attempt(() => runtime.close({ timeoutMs: 0 }));
  await attempt(() => store.close());
  return outcomes;
}

describe('files', { timeout: 240_000 }, () => {
  it.each(FULL ? CASES : CASES.filter((_, index) => index % 13 === 5))(
    '%s, %d',
    async (name, seed, damage) => {
      const path = join(folder, `${name.replaceAll(' ', '-')}-${seed}.db`);
      const files: Record<string, Buffer> = {};
      for (const [suffix, bytes] of Object.entries(original)) files[suffix] = Buffer.from(bytes);
      damage(files, numbers(seed));
      for (const [suffix, bytes] of Object.entries(files)) writeFileSync(path + suffix, bytes);
      for (const [id, outcome] of await use(path)) {
        // A run may be gone with the page that it was on, and is never another.
        if (outcome === undefined) continue;
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(DurableError);
        else expect(outcome, id).toEqual(resultOf(id));
      }
    },
  );
});

const SPECIAL: readonly (readonly [name: string, make: (path: string) => void, words: RegExp])[] = [
  ['a folder', (path) => mkdirSync(path), /not a file/],
  ['a text', (path) => writeFileSync(path, 'precious'), /not a database/],
  ['a header alone', (path) => writeFileSync(path, original['']!.subarray(0, 100)), /./],
  [
    'the database of another program',
    (path) => {
      const db = new DatabaseSync(path);
      db.exec('create table mine (id); insert into mine values (1)');
      db.close();
    },
    /another program/,
  ],
];

describe('what is no file of ours', () => {
  it.each(SPECIAL)('%s is refused, and left as it is', (name, make, words) => {
    const path = join(folder, `special-${name.replaceAll(' ', '-')}`);
    make(path);
    const before = statSync(path).isFile() ? readFileSync(path) : undefined;
    expect(() => fileStore(path)).toThrow(StoreError);
    expect(() => fileStore(path)).toThrow(words);
    if (before !== undefined) expect(readFileSync(path)).toEqual(before);
  });

  it('an empty file is a new store', async () => {
    const path = join(folder, 'empty.db');
    writeFileSync(path, '');
    const store = fileStore(path);
    expect(await store.list()).toEqual([]);
    await store.close();
  });
});

describe.skipIf(process.platform === 'win32')('modes', () => {
  const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

  it('of what is created are for its user alone', async () => {
    const before = process.umask(0);
    try {
      const path = join(folder, 'new', 'deep', 'runs.db');
      const store = fileStore(path);
      await store.create(
        'r',
        { type: 'run-started', version: 1, at: 1, fn: 'f', input: '1j[]', seed: '' },
        {
          worker: 'a',
          pid: 1,
          host: 'h',
          leaseUntil: 0,
        },
      );
      expect([mode(join(folder, 'new')), mode(join(folder, 'new', 'deep'))]).toEqual(['700', '700']);
      expect([path, `${path}-wal`, `${path}-shm`].map(mode)).toEqual(['600', '600', '600']);
      await store.close();
    } finally {
      process.umask(before);
    }
  });

  it('of what is there stay', async () => {
    const path = join(folder, 'shared.db');
    copyFileSync(join(folder, 'original.db'), path);
    const before = mode(path);
    expect(existsSync(path)).toBe(true);
    await fileStore(path).close();
    expect(mode(path)).toBe(before);
    writeFileSync(join(folder, 'group.db'), '', { mode: 0o640 });
    await fileStore(join(folder, 'group.db')).close();
    expect(mode(join(folder, 'group.db'))).toBe('640');
  });
});
