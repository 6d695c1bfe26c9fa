/** Commands over a store, beside a worker that has it open. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { definitionOf } from '../../../../runtime/functions/definitions.ts';
import { createRuntime, fileStore } from '../../../../runtime/index.ts';
import { deploy } from '../../../evolution/deploy.ts';
import { calls } from '../../../evolution/services.ts';
import { command, run } from '../support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'use-durable-commands-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OLD = `await reserve(n); await waitFor('go'); return await ship(n);`;
const NEW = `await say('new'); await reserve(n); await waitFor('go'); return await ship(n);`;

describe('commands over a store', () => {
  it('leave what they steer to the worker', async () => {
    const path = join(folder, 'runs.db');
    const old = await deploy('command', OLD);
    const store = fileStore(path);
    const first = createRuntime({ store });
    const handle = await first.start(old, [1] as never, { id: 'a' });
    while ((await handle.events()).length < 2) await new Promise((resolve) => setTimeout(resolve, 2));
    await first.close();

    const main = await deploy('command', NEW);
    const version = definitionOf(main)!.meta.version!;
    let blocked = '';
    const worker = createRuntime({ store, onBlocked: ({ error }) => (blocked = error.message) });
    await worker.recover();
    while (blocked === '') await new Promise((resolve) => setTimeout(resolve, 2));
    expect(blocked).toContain(version);

    const shown = run('versions', '--store', path);
    expect(shown).toMatchObject({ status: 0, errors: '' });
    expect(shown.output).toContain(
      `command\n  ${definitionOf(old)!.meta.version}: 0 running, 1 blocked, since `,
    );
    const listed = JSON.parse(run('versions', 'command', '--store', path, '--json').output) as object;
    expect(listed).toMatchObject({ versions: [{ fn: 'command', running: 0, blocked: 1 }] });
    expect(run('versions', 'other', '--store', path).output).toBe(
      'No unfinished run executes a function "other". Unfinished runs execute: command.\n',
    );

    calls.length = 0;
    expect(run('resume', 'a', '--accept', version, '--store', path)).toMatchObject({
      status: 0,
      output: `a is running. The workers on ${path} go on with it.\n`,
    });
    const resumed = (await worker.get('a'))!;
    expect(run('signal', 'a', 'go', '1', '--store', path)).toMatchObject({ status: 0, errors: '' });
    expect(await resumed.result()).toBe('ship(1)');
    expect(calls).toEqual(['say("new")', 'ship(1)']);

    calls.length = 0;
    const forked = run('fork', 'a', '--from', 'ship', '--id', 'b', '--store', path, '--json');
    expect(forked.status).toBe(0);
    expect(JSON.parse(forked.output)).toEqual({ id: 'b', status: 'running' });
    expect(await (await worker.get('b'))!.result()).toBe('ship(1)');
    expect(calls).toEqual(['ship(1)']);

    calls.length = 0;
    expect(run('rerun', 'a', '--id', 'c', '--store', path).status).toBe(0);
    const again = (await worker.get('c'))!;
    await again.signal('go', 1);
    expect(await again.result()).toBe('ship(1)');
    expect(calls).toEqual(['say("new")', 'reserve(1)', 'ship(1)']);
    await worker.close({ store: true });
  }, 60_000);

  it('refuse with 1, and write nothing', async () => {
    const path = join(folder, 'refused.db');
    const main = await deploy('command-refused', `return await ship(n);`);
    const runtime = createRuntime({ store: fileStore(path) });
    await (await runtime.start(main, [1] as never, { id: 'a' })).result();
    for (const [args, text] of [
      [['resume', 'a'], 'has completed'],
      [['fork', 'a', '--from', 'shp'], 'Is it "ship"?'],
      [['fork', 'a', '--from', 'no such step'], 'Its keys are "ship"; `handle.events()` lists all.'],
      [['rerun', 'a', '--id', 'a'], 'needs an id of its own'],
    ] as const) {
      expect(await command(...args, '--store', path)).toMatchObject({
        status: 1,
        errors: expect.stringContaining(text),
      });
      const json = JSON.parse((await command(...args, '--store', path, '--json')).output) as object;
      expect(json).toMatchObject({ error: { code: 'MISUSE', message: expect.stringContaining(text) } });
    }
    for (const [args, text] of [
      [['resume', 'none'], 'There is no run "none"'],
      [['rerun', '--search', 'a', '--id', 'b'], '--id is for one run'],
      [
        ['cancel', '--status', 'done'],
        '--status takes running, blocked, completed, failed, cancelled, not "done".',
      ],
    ] as const)
      expect(await command(...args, '--store', path)).toMatchObject({
        status: 2,
        errors: expect.stringContaining(text),
      });
    expect(await runtime.list()).toHaveLength(1);
    await runtime.close({ store: true });
  }, 60_000);

  it('answer what is no store of this version with 2, and leave it as it is', async () => {
    const missing = join(folder, 'missing.db');
    expect(run('versions', '--store', missing)).toMatchObject({
      status: 2,
      errors: expect.stringContaining('There is no store at'),
    });
    expect(existsSync(missing)).toBe(false);
    const text = join(folder, 'text.db');
    writeFileSync(text, 'no database');
    expect(await command('fork', 'a', '--from', 'x', '--store', text)).toMatchObject({ status: 2 });
    const older = join(folder, 'older.db');
    void fileStore(older).close();
    const db = new DatabaseSync(older);
    db.exec('pragma user_version = 5');
    db.close();
    expect(run('versions', '--store', older)).toMatchObject({
      status: 2,
      errors: expect.stringContaining('written by an earlier version'),
    });
    expect(await command('fork', 'a', '--store', text)).toMatchObject({ status: 2 });
  }, 60_000);
});
