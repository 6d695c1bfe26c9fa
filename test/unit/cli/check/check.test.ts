/** `durable check` as a process: what it prints, and its exit codes. */
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { command, run, Watching } from '../support/command.ts';
import { CHARGE, folderOf, manifestOf, ORDER, write } from '../support/folders.ts';

const TSCONFIG =
  '{"compilerOptions":{"target":"es2023","module":"nodenext","strict":true,"noEmit":true,"allowImportingTsExtensions":true}}';
const LOSSY = 'export const charge = async (n: number) => ({ n, undo: () => n });\n';

const shop = (charge: string): string =>
  folderOf({
    'package.json': manifestOf(),
    'tsconfig.json': TSCONFIG,
    'src/order.ts': ORDER,
    'src/charge.ts': charge,
  });

const REPORT = `src/order.ts:5:16 - error UD4001: The result of step \`charge\` can't be written to the journal: \`result.undo\` is a function.

5 |   return await charge(n);
  |                ~~~~~~~~~

Keep functions out of it: plain data, and what belongs to a connection stays in the step that uses it.
See use-durable/docs/diagnostics.md#ud4001
`;

it('shows each diagnostic at its line, and sums up', () => {
  const { status, output, errors } = run('check', shop(LOSSY));
  expect([status, errors]).toEqual([1, '']);
  expect(output).toContain(REPORT);
  expect(output).toMatch(
    /\n\n1 error, 1 warning: 1 durable function in 1 file, checked with TypeScript 6\.\d\.\d\.\n$/,
  );
});

it('ends well where there is nothing to report', async () => {
  const { status, output } = await command('check', shop(CHARGE));
  expect(status).toBe(0);
  expect(output).toMatch(/^0 errors: 1 durable function in 1 file, checked with TypeScript 6\.\d\.\d\.\n$/);
  const { output: none } = await command('check', folderOf({ 'package.json': manifestOf() }));
  expect(none).toMatch(/^0 errors: no durable functions, /);
});

it('prints JSON', async () => {
  const { status, output } = await command('check', shop(LOSSY), '--json');
  expect(status).toBe(1);
  expect(JSON.parse(output)).toEqual({
    typescript: { name: 'typescript', version: expect.any(String) },
    files: ['src/order.ts'],
    functions: [
      { id: 'shop/src/order.ts#order', file: 'src/order.ts', line: 3, version: expect.any(String) },
    ],
    diagnostics: [
      expect.objectContaining({ code: 'UD4002', severity: 'warning', line: 3 }),
      expect.objectContaining({ code: 'UD4001', severity: 'error', fileName: 'src/order.ts', line: 5 }),
    ],
    errors: 1,
    warnings: 1,
  });
});

it('files whose types are wrong are named', async () => {
  const folder = shop('export const charge = async (n: Missing) => n;\n');
  write(
    folder,
    'src/late.ts',
    `import { charge } from './none.ts';\n${ORDER.slice(ORDER.indexOf('export'))}void Date.now();\n`,
  );
  const { status, output } = await command('check', folder);
  expect(status).toBe(0);
  expect(output).toContain('Note: src/late.ts has errors of types, which tsc shows.');
});

it('answers with 2 where it can check nothing', async () => {
  expect(await command('check', folderOf({}))).toMatchObject({
    status: 2,
    errors: expect.stringContaining('There is no package.json'),
  });
});

it('takes the companion beside another version, and says so', async () => {
  const folder = folderOf(
    {
      'package.json': manifestOf(),
      'src/order.ts': ORDER,
      'src/charge.ts': LOSSY,
      'tsconfig.json': TSCONFIG.replace('"strict"', '"optionOfLaterVersions":true,"strict"'),
      'node_modules/typescript/package.json': '{"name":"typescript","version":"7.0.2"}',
      'node_modules/@typescript/typescript6/package.json':
        '{"name":"@typescript/typescript6","version":"6.0.2","main":"typescript/lib/typescript.js"}',
    },
    [],
  );
  symlinkSync(
    join(import.meta.dirname, '../../../../node_modules/typescript'),
    join(folder, 'node_modules/@typescript/typescript6/typescript'),
  );
  const { status, output } = await command('check', folder);
  expect(status).toBe(1);
  expect(output).toContain(REPORT);
  expect(output).toMatch(
    /1 error, 1 warning: .* checked with TypeScript 6\.\d\.\d of @typescript\/typescript6\.\n$/,
  );
});

it('watches: changes, files that go and come, broken configurations, folders that are new', async () => {
  const folder = shop(CHARGE);
  const watching = new Watching('check', folder, '--watch');
  const next = (): Promise<string> => watching.until('Waiting for changes. Ctrl+C ends it.\n');
  expect(await next()).toMatch(/^0 errors: 1 durable function in 1 file/);

  write(folder, 'src/charge.ts', LOSSY);
  expect(await next()).toContain(REPORT);

  rmSync(join(folder, 'src/charge.ts'));
  const gone = await next();
  expect(gone).toContain('Note: src/order.ts has errors of types');
  expect(gone).toContain('0 errors: 1 durable function');

  write(folder, 'src/charge.ts', CHARGE);
  expect(await next()).toMatch(/^\n0 errors: 1 durable function in 1 file/);

  write(folder, 'tsconfig.json', '{');
  expect(await next()).toContain("tsconfig.json:1:2 - error TS1005: '}' expected.");

  write(folder, 'tsconfig.json', TSCONFIG);
  expect(await next()).toMatch(/^\n0 errors: 1 durable function in 1 file/);

  write(folder, 'src/later/again/order.ts', ORDER.replace('./charge.ts', '../../charge.ts'));
  await watching.until('2 durable functions in 2 files');

  rmSync(join(folder, 'src/later'), { recursive: true });
  await watching.until('1 durable function in 1 file');

  write(folder, 'src/later/order.ts', ORDER.replace('./charge.ts', '../charge.ts'));
  await watching.until('2 durable functions in 2 files');
}, 120_000);
