/** `durable run` and `durable worker` as processes. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRuntime, fileStore } from '../../../../runtime/index.ts';
import { itInFull } from '../../../support/tier.ts';
import { folderOf } from '../support/folders.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const main = join(root, 'cli/main.ts');

const SHOP = `import { appendFileSync } from 'node:fs';
import { createCallback, sleep, waitFor } from 'use-durable';

async function charge(n: number) {
  appendFileSync('charged.txt', n + '\\n');
  return { paid: n, big: 2n };
}
export async function order(n: number, note?: string) {
  'use durable';
  console.log('ordering');
  const paid = await charge(n);
  await sleep('20 ms');
  return { ...paid, note };
}
export async function refused() {
  'use durable';
  await charge(1);
  throw new RangeError('too far');
}
export async function approval() {
  'use durable';
  await charge(2);
  return await waitFor('go');
}
`;

function shop(source = SHOP): string {
  const folder = folderOf({ 'package.json': '{ "name": "shop", "type": "module" }', 'shop.ts': source });
  symlinkSync(root, join(folder, 'node_modules/use-durable'));
  return folder;
}

const env = { ...process.env, DURABLE_STORE: '', NO_COLOR: '1' };

function command(cwd: string, ...args: string[]): { status: number | null; output: string; errors: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd,
    env,
    encoding: 'utf8',
  });
  return { status, output: stdout, errors: stderr };
}

/** A command that goes on, and what it has printed on both streams. */
function begun(
  cwd: string,
  ...args: string[]
): { child: ChildProcess; until: (text: string) => Promise<void>; output: () => string } {
  const child = spawn(process.execPath, [main, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (output += String(data)));
  const until = async (text: string): Promise<void> => {
    while (!output.includes(text)) {
      if (child.exitCode !== null) throw new Error(`it has ended:\n${output}`);
      await wait(20);
    }
  };
  return { child, until, output: () => output };
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once('exit', (code) => resolve(code)));

describe('durable run', () => {
  itInFull(
    'prints the result, and on standard error what happened',
    () => {
      const folder = shop();
      const { status, output, errors } = command(
        folder,
        'run',
        'shop.ts',
        'order',
        '-i',
        '7',
        '-i',
        '"x"',
        '--id',
        'a',
      );
      expect(status).toBe(0);
      expect(output).toBe("ordering\n{ paid: 7, big: 2n, note: 'x' }\n");
      expect(errors).toMatch(
        /^● a +started\n {2}✓ charge +\d+ ms\n {2}◷ sleep +until .*\n {2}✓ sleep +the time has come\n✓ a +completed in .*\n$/,
      );
      expect(existsSync(join(folder, '.durable/runs.db'))).toBe(true);
    },
    60_000,
  );

  itInFull(
    'prints JSON alone on standard output',
    () => {
      const folder = shop();
      const { status, output } = command(
        folder,
        'run',
        'shop.ts',
        'order',
        '--input',
        '7',
        '--id',
        'a',
        '--json',
      );
      expect(status).toBe(0);
      expect(JSON.parse(output)).toEqual({ id: 'a', status: 'completed', result: { paid: 7, big: '2' } });
      const failed = command(folder, 'run', 'shop.ts', 'refused', '--id', 'b', '--json');
      expect(failed.status).toBe(1);
      expect(JSON.parse(failed.output)).toEqual({
        id: 'b',
        status: 'failed',
        error: { code: 'RangeError', message: 'too far' },
      });
    },
    60_000,
  );

  it('goes on with a run that was interrupted', async () => {
    const folder = shop();
    const first = begun(folder, 'run', 'shop.ts', 'approval', '--id', 'a');
    await first.until('✓ charge');
    first.child.kill('SIGINT');
    expect(await ended(first.child)).toBe(130);
    expect(first.output()).toContain('with this command and --id a');

    const store = fileStore(join(folder, '.durable/runs.db'));
    const runtime = createRuntime({ store });
    await (await runtime.get('a'))!.signal('go', 'yes');
    await runtime.close({ store: true });
    expect(command(folder, 'run', 'shop.ts', 'approval', '--id', 'a').output).toBe(
      "'yes'\n".replaceAll("'", "'"),
    );
    expect(readFileSync(join(folder, 'charged.txt'), 'utf8')).toBe('2\n');
  }, 60_000);

  itInFull(
    'shows the stack of an error that the function threw, and ends with 1',
    () => {
      const { status, errors } = command(shop(), 'run', 'shop.ts', 'refused');
      expect(status).toBe(1);
      expect(errors).toMatch(/RangeError: too far\n {4}at refused \(.*shop\.ts:18:9\)/);
    },
    60_000,
  );

  itInFull(
    'refuses what can not be run',
    () => {
      const folder = shop();
      for (const [args, text] of [
        [['shop.ts'], 'exports several durable functions'],
        [['none.ts'], "none.ts can't be loaded: Cannot find module"],
        [['shop.ts', 'order', '--input', '{a'], "Expected property name or '}' at line 1, column 2"],
        [
          ['shop.ts', 'order', '--import', 'no-such-package'],
          "--import no-such-package: Cannot find module 'no-such-package'",
        ],
      ] as const) {
        const { status, errors } = command(folder, 'run', ...args);
        expect([status, errors]).toEqual([2, expect.stringContaining(text)]);
      }
      const broken = shop(
        SHOP.replace("return await waitFor('go');", "return waitFor('go').then(undefined, () => this);"),
      );
      const compiled = command(broken, 'run', 'shop.ts', 'order', '-i', '7');
      expect(compiled.status).toBe(2);
      expect(compiled.errors).toMatch(/shop\.ts:\d+:\d+.* UD\d+/);
      const own = shop(`${SHOP}\nimport { createRuntime, memoryStore, setDefaultRuntime } from 'use-durable';
setDefaultRuntime(createRuntime({ store: memoryStore() }));\n`);
      expect(command(own, 'run', 'shop.ts', 'order', '-i', '7').status).toBe(0);
      expect(existsSync(join(own, '.durable'))).toBe(false);
      expect(command(own, 'run', 'shop.ts', 'order', '-i', '7', '--store', 'a.db')).toMatchObject({
        status: 2,
        errors: expect.stringContaining('Leave --store out.') as string,
      });
    },
    120_000,
  );
});

describe('durable worker', () => {
  it('drives what others start, and ends when it is asked to', async () => {
    const folder = shop();
    const worker = begun(folder, 'worker', 'shop.ts', '--steps');
    await worker.until('Functions: approval, order, refused.');
    const runtime = createRuntime({ store: fileStore(join(folder, '.durable/runs.db')) });
    command(folder, 'run', 'shop.ts', 'refused', '--id', 'a');
    const rerun = await runtime.rerun('a', { id: 'b' });
    await expect(rerun.result()).rejects.toThrow('too far');
    await worker.until('failed after');
    expect(worker.output()).toMatch(/\d\d:\d\d:\d\d ✓ b charge +\d+ ms\n/);
    await runtime.close({ store: true });
    worker.child.kill('SIGTERM');
    expect(await ended(worker.child)).toBe(0);
  }, 60_000);

  itInFull(
    'prints events as lines of JSON',
    async () => {
      const folder = shop();
      const first = begun(folder, 'run', 'shop.ts', 'approval', '--id', 'a');
      await first.until('✓ charge');
      first.child.kill('SIGKILL');
      await ended(first.child);
      const worker = begun(folder, 'worker', 'shop.ts', '--json');
      await worker.until('run-taken-up');
      worker.child.kill('SIGINT');
      expect(await ended(worker.child)).toBe(0);
      const lines = worker
        .output()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string; runId: string });
      expect(lines.find(({ type }) => type === 'run-taken-up')).toMatchObject({ runId: 'a' });
    },
    60_000,
  );
});
