/** `durable check --store` as a process: the runs of a store against the working tree, and against a build of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { AnyFunction } from '../../../../runtime/functions/definition.ts';
import { definitionOf } from '../../../../runtime/functions/definitions.ts';
import { createRuntime, fileStore } from '../../../../runtime/index.ts';
import { itInFull } from '../../../support/tier.ts';
import { command, run } from '../support/command.ts';
import { folderOf, manifestOf, write } from '../support/folders.ts';
import { shopModule } from '../support/shop-module.ts';

const BEFORE = `import { sleep } from 'use-durable';
import { charge, ship } from './services.ts';

export async function checkout(n: number) {
  'use durable as checkout';
  await charge(n);
  if (n > 1) await sleep('30d');
  await ship(n);
  await sleep('30d');
  return n;
}
`;
const AFTER = BEFORE.replace('  await ship(n);', '  await charge(0);\n  await ship(n);');
const SERVICES = `export const called: string[] = [];
export const charge = async (n: number) => { if (process.argv.includes('check')) console.error('called'); return n; };
export const ship = async (n: number) => n;
`;

/** A project whose store has runs that wait: of 1 behind \`ship\`, of larger numbers before it. */
async function shop(
  numbers: readonly number[],
  source = BEFORE,
): Promise<{ readonly folder: string; readonly store: string }> {
  const folder = folderOf(
    { 'package.json': manifestOf(), 'src/checkout.ts': source, 'src/services.ts': SERVICES },
    ['typescript'],
  );
  const store = join(folder, 'runs.db');
  const { checkout } = await shopModule<{ checkout: (n: number) => Promise<number> }>(source, SERVICES);
  const runtime = createRuntime({ store: fileStore(store) });
  for (const [index, n] of numbers.entries()) await runtime.start(checkout, [n], { id: `run-${index}` });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await runtime.close();
  return { folder, store };
}

interface Data {
  readonly runs: {
    readonly total: number;
    readonly groups: readonly {
      readonly fate: string;
      readonly place: string;
      readonly reason: string;
      readonly runs: readonly string[];
    }[];
  };
}
const dataOf = async (...args: readonly string[]): Promise<Data['runs']> =>
  (JSON.parse((await command('check', ...args, '--json')).output) as Data).runs;

describe('check --store', () => {
  itInFull('says that all runs go on, if the code is the same', async () => {
    const { folder, store } = await shop([1, 2]);
    const { status, output } = run('check', folder, '--store', store);
    expect(output).toContain('2 runs of checkout: 2 go on');
    expect(status).toBe(0);
  });

  it('says which runs may be parked without a build, and writes nothing', async () => {
    const { folder, store } = await shop([1, 2, 3]);
    write(folder, 'src/checkout.ts', BEFORE.replace('return n;', 'await ship(0);\n  return n;'));
    const before = readFileSync(store);
    const { status, output } = await command('check', folder, '--store', store);
    expect(output).toContain('3 runs of checkout: 3 may be parked');
    expect(output).toContain('run-0, run-1, run-2');
    expect(status).toBe(1);
    expect(readFileSync(store).equals(before)).toBe(true);
  });

  it('knows for which run another version was accepted', async () => {
    const { folder, store } = await shop([1]);
    const third = await shopModule<{ checkout: AnyFunction }>(
      BEFORE.replace('return n', 'return n + 1'),
      SERVICES,
    );
    const another = definitionOf(third.checkout)!.meta.version!;
    const registered = createRuntime({ store: fileStore(store) });
    const begun = await registered.start(third.checkout, [2], { id: 'third' });
    await begun.cancel();
    await begun.result().catch(() => undefined);
    await registered.close();
    await shopModule(AFTER, SERVICES);
    const worker = createRuntime({ store: fileStore(store), onBlocked: () => {} });
    const isBlocked = async (reason: string): Promise<boolean> =>
      (await worker.list({ status: 'blocked' })).some((one) => one.reason?.includes(reason));
    const blocked = async (reason: string): Promise<void> => {
      while (!(await isBlocked(reason))) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await worker.recover();
    await blocked('fit the code');
    await worker.resume('run-0', { accept: another }).catch(() => undefined);
    await blocked(`${another} was accepted`);
    await worker.close({ store: true });
    const { groups } = await dataOf(folder, '--store', store);
    expect(groups).toMatchObject([
      {
        fate: 'may-park',
        reason: `the code version ${another} was accepted for it, and the working tree has another one`,
        runs: ['run-0'],
      },
    ]);
  });

  it('replays journals against a build, without calling a step', async () => {
    const { folder, store } = await shop([1, 2, 3]);
    write(folder, 'src/checkout.ts', AFTER);
    write(folder, 'node_modules/use-durable/package.json', REDIRECT);
    write(folder, 'node_modules/use-durable/index.mjs', `export * from '${ROOT}runtime/index.ts';`);
    write(folder, 'node_modules/use-durable/compiled.mjs', `export * from '${ROOT}runtime/compiled.ts';`);
    const { status, output, errors } = run(
      'check',
      folder,
      '--store',
      store,
      '--load',
      join(folder, 'src/checkout.ts'),
    );
    expect(errors).toBe('');
    expect(output).toMatch(/3 runs of checkout: 2 go on, 1 is parked at src\/checkout\.ts:\d+/);
    expect(output).toContain('is parked at src/checkout.ts:8: run-0\n');
    expect(output).toContain('the code: asks for step "charge#2" (src/checkout.ts:8:9)');
    expect(output).not.toContain('rerun(id)');
    expect(status).toBe(1);
  });

  it('says which recorded values do not fit the types that the code expects', async () => {
    const used = BEFORE.replace('await charge(n);', 'const paid = await charge(n);').replace(
      'return n',
      'return paid',
    );
    const { folder, store } = await shop([1, 2, 3], used);
    const services = (type: string): string =>
      `export const charge = async (_: number): Promise<${type}> => { throw new Error(); };\nexport const ship = async (n: number) => n;\n`;
    write(
      folder,
      'tsconfig.json',
      '{"compilerOptions":{"strict":true,"allowImportingTsExtensions":true,"noEmit":true}}',
    );
    // A type that says less than the values.
    write(folder, 'src/services.ts', services('1 | 2'));
    const { status, output } = await command('check', folder, '--store', store);
    expect(output.replaceAll(/\s+/g, ' ')).toMatch(
      /src\/checkout\.ts:6 result: What `charge` has recorded doesn't fit what the code expects: `result` is `3`, and `1 \| 2` is expected\. Of 3 values that runs of checkout with the code version \S+ have recorded, 1 run has such a one: run-2\./,
    );
    expect(output).toContain('3 go on');
    expect(status).toBe(1);
    write(folder, 'src/services.ts', services('number'));
    expect(await command('check', folder, '--store', store)).toMatchObject({ status: 0 });
    write(
      folder,
      'src/checkout.ts',
      used
        .replace('n: number', 'n: string')
        .replace('n > 1', "n > '1'")
        .replace('charge(n)', 'charge(1)')
        .replace('ship(n)', 'ship(1)'),
    );
    const { results } = (await dataOf(folder, '--store', store)) as unknown as { results: readonly object[] };
    expect(results).toMatchObject([
      {
        fn: 'checkout',
        what: '',
        path: '[0]',
        recorded: '1',
        expected: 'string',
        looked: 3,
        place: 'src/checkout.ts:4',
      },
    ]);
  });

  it('names what it can not use', async () => {
    const { folder, store } = await shop([1]);
    const refusal = async (...args: readonly string[]): Promise<string> => {
      const { status, errors } = await command('check', folder, ...args);
      expect(status).toBe(2);
      return errors;
    };
    expect(await refusal('--store', join(folder, 'none.db'))).toContain('There is no file');
    expect(await refusal('--store', join(folder, 'package.json'))).toContain('is not a database');
    const db = new DatabaseSync(store);
    db.exec('pragma user_version = 99');
    db.close();
    expect(await refusal('--store', store)).toContain('was written by a newer use-durable');
  });

  itInFull('knows little of runs without manifests and of damaged journals, and says so', async () => {
    const { folder, store } = await shop([1, 2]);
    const db = new DatabaseSync(store);
    db.exec("delete from settings where key like 'manifest:%'");
    db.exec("update events set data = 'x' where run = (select key from runs where id = 'run-1') and seq = 1");
    db.close();
    write(folder, 'src/checkout.ts', AFTER);
    const { groups } = await dataOf(folder, '--store', store);
    expect(groups.map(({ fate, reason, runs }) => [fate, reason, runs])).toEqual([
      ['unknown', 'the store has no manifest of the code that it was recorded with', ['run-0']],
      ['unknown', 'its journal is damaged', ['run-1']],
    ]);
  });
});

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const REDIRECT = JSON.stringify({
  name: 'use-durable',
  type: 'module',
  exports: { '.': './index.mjs', './compiled': './compiled.mjs' },
});
