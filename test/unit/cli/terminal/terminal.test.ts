/** Commands over a store, each in a pseudo-terminal and piped, and over files that can't be read. */
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileStore } from '../../../../runtime/index.ts';
import type { JournalEvent } from '../../../../runtime/journal/events.ts';
import { manifestKey } from '../../../../runtime/local/run/manifests.ts';
import { cellsOf } from '../../../../runtime/picture/layout/cells.ts';
import { FN, MANIFESTS, SOURCE, started, step } from '../../runtime/inspect/order.ts';
import { worker } from '../../runtime/stores/events.ts';
import { commandIn } from '../support/command.ts';
import { hasTerminal, inTerminal, piped } from '../support/pty.ts';

const folder = mkdtempSync(join(tmpdir(), 'use-durable-terminal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Characters of a payload that is larger than a pipe, and than what is shown. */
const HUGE = 3_000_000;

beforeAll(async () => {
  writeFileSync(join(folder, 'order.ts'), SOURCE);
  const store = fileStore(join(folder, 'runs.db'));
  await store.swap(manifestKey(FN, 'v1'), undefined, JSON.stringify(MANIFESTS.get(FN)!));
  for (let number = 100; number < 160; number++) {
    const claim = (await store.create(
      `an-order-with-a-long-name-${number}`,
      started as never,
      worker('me'),
    ))!;
    const huge = { ...step('charge', 2000), value: `1j"${'x'.repeat(HUGE)}"` } as JournalEvent;
    await store.append([
      { claim, seq: 1, events: [step('lines.map/stock', 900), ...(number === 159 ? [huge] : [])] },
    ]);
    await store.park(claim, Number.POSITIVE_INFINITY, 0);
  }
  await store.close();
});

const ESCAPE = '\u001b[';
const LAST = 'an-order-with-a-long-name-159';
const COMMANDS: readonly (readonly string[])[] = [
  ['ls', '--store', 'runs.db', '--limit', '5'],
  ['show', LAST, '--store', 'runs.db'],
  ['why', LAST, '--store', 'runs.db'],
  ['graph', 'order.ts'],
  ['steps', 'order.ts'],
];

describe.runIf(hasTerminal)('in a terminal', () => {
  it.each(COMMANDS)('%s has colours, and fits into 40 columns', (...args) => {
    const { status, output } = inTerminal(args, { cwd: folder, columns: 40 });
    expect(status).toBe(0);
    expect(output).toContain(ESCAPE);
    const wide = stripVTControlCharacters(output)
      .split('\n')
      .filter((line) => cellsOf(line) > 40);
    expect(wide).toEqual([]);
  });

  it('has none with NO_COLOR', () => {
    const args = ['show', LAST, '--store', 'runs.db'];
    const { output } = inTerminal(args, { cwd: folder, columns: 40, env: { NO_COLOR: '1' } });
    expect(output).toContain(LAST);
    expect(output).not.toContain(ESCAPE);
  });

  it('help fits into 40 columns, but for words that are longer', () => {
    const { output } = inTerminal(['--help'], { cwd: folder, columns: 40 });
    const wide = output.split('\n').filter((line) => line.length > 40 && line.trim().includes(' '));
    expect(wide.filter((line) => !line.startsWith('  '))).toEqual([]);
  });

  it('asks before it does something to several runs', () => {
    const args = ['cancel', '--search', 'name-10', '--store', 'runs.db'];
    const no = inTerminal(args, { cwd: folder, columns: 80, answer: 'n\n' });
    expect(no).toMatchObject({ status: 1, output: expect.stringContaining('Cancel 10 runs?') });
    const stopped = inTerminal(args, { cwd: folder, columns: 80, answer: '\u0003' });
    expect(stopped).toMatchObject({ status: 2, output: expect.stringContaining('Stopped.') });
    const yes = inTerminal(args, { cwd: folder, columns: 80, answer: 'y\n' });
    expect(yes).toMatchObject({ status: 0, output: expect.stringContaining('10 runs.') });
  });
});

describe('piped', () => {
  it.each(COMMANDS)('%s has no colours', async (...args) => {
    const { status, output } = piped(folder, 'cat', ...args);
    expect(status).toBe(0);
    expect(output).not.toContain(ESCAPE);
    expect(output).toBe((await commandIn(folder, args)).output);
  });

  it.each([
    [['ls', '--store', 'runs.db', '--limit', '1000']],
    [['show', LAST, '--store', 'runs.db', '--full']],
    [['export', LAST, '--store', 'runs.db', '--values']],
    [['graph', 'order.ts']],
  ])('%s ends quietly where nobody reads to the end', (args) => {
    expect(piped(folder, 'head -c 10', ...args)).toMatchObject({ status: 0, errors: '' });
  });

  it('a payload of some MB is shown by its size, and as a whole where that is asked for', async () => {
    const brief = await commandIn(folder, ['show', LAST, '--store', 'runs.db']);
    expect(brief.output).toContain('3,000,004 characters, shown with --full');
    expect(brief.output.length).toBeLessThan(2_000);
    const whole = piped(folder, 'wc -c', 'show', LAST, '--store', 'runs.db', '--full');
    expect(Number(whole.output)).toBeGreaterThan(HUGE);
  });
});

describe('a store that can not be read', () => {
  const refused = async (path: string, message: RegExp): Promise<void> => {
    for (const args of [['ls'], ['show', 'an'], ['why', 'an'], ['cancel', 'an'], ['export', 'an']]) {
      const { status, errors, output } = await commandIn(folder, [...args, '--store', path]);
      expect([args[0], status, output]).toEqual([args[0], 2, '']);
      expect(errors).toMatch(message);
      // One sentence, and no stack.
      expect(errors).not.toMatch(/\n\s+at /);
    }
  };
  const copy = (name: string): string => {
    copyFileSync(join(folder, 'runs.db'), join(folder, name));
    return join(folder, name);
  };

  it('is there not at all', () => refused('none.db', /There is no store at none\.db/));

  it('is of a newer version', async () => {
    const db = new DatabaseSync(copy('newer.db'));
    db.exec('pragma user_version = 99');
    db.close();
    await refused('newer.db', /newer use-durable|no store that this version/);
  });

  it('is another file', async () => {
    writeFileSync(join(folder, 'text.db'), 'this is no store, but a text of some length\n'.repeat(10));
    await refused('text.db', /not a database|no store that this version/);
  });

  it('is damaged', async () => {
    truncateSync(copy('cut.db'), 8192);
    for (const args of [['ls'], ['show', LAST], ['why', LAST]]) {
      const { status, errors } = await commandIn(folder, [...args, '--store', 'cut.db']);
      expect([args[0], status]).toEqual([args[0], 2]);
      expect(errors).toMatch(/^error: .*cut\.db/);
      expect(errors).not.toMatch(/\n\s+at /);
    }
  });

  it('is held by another process as a whole', async () => {
    const db = new DatabaseSync(copy('locked.db'));
    db.exec('pragma locking_mode = exclusive; begin exclusive; create table held (x)');
    const { status, errors } = await commandIn(folder, ['ls', '--store', 'locked.db']);
    expect(status).toBe(2);
    expect(errors).toMatch(/locked/);
    db.exec('rollback');
    db.close();
  }, 60_000);

  it('but one in a read-only folder can be read', async () => {
    mkdirSync(join(folder, 'read-only'));
    copyFileSync(join(folder, 'runs.db'), join(folder, 'read-only/runs.db'));
    chmodSync(join(folder, 'read-only/runs.db'), 0o444);
    chmodSync(join(folder, 'read-only'), 0o555);
    const { status, output } = await commandIn(folder, ['ls', '--store', 'read-only/runs.db']);
    chmodSync(join(folder, 'read-only'), 0o755);
    expect([status, output.split('\n')[0]]).toEqual([0, expect.stringMatching(/^60 runs/)]);
  });
});

describe('a run that is not there', () => {
  it.each([
    ['an-order-with-a-long-name-9', 'Is it an-order-with-a-long-name-'],
    ['an-order', 'Several runs in runs.db begin with "an-order"'],
  ])('%s', async (id, message) => {
    for (const args of [
      ['show', id],
      ['why', id],
      ['export', id],
      ['cancel', id],
      ['graph', '--run', id],
    ])
      expect(await commandIn(folder, [...args, '--store', 'runs.db']), args[0]).toMatchObject({
        status: 2,
        errors: expect.stringContaining(message),
      });
  });
});
