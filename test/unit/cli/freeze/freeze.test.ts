/** `durable freeze`: the old code of a function beside the new one. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readFunctions } from '../../../../cli/changes/read-functions.ts';
import { command } from '../support/command.ts';
import { folderOf, manifestOf } from '../support/folders.ts';

const STEPS = `export const charge = async (card: string) => card;
export const check = async (card: string) => card;
export const log = async (card: string) => card;
`;
const OLD = `import { charge, log } from './steps.js';

/** What a customer pays. */
export async function checkout(card: string) {
  'use durable';
  await log(card);
  if (card === 'again') await checkout('visa');
  return await charge(card);
}

export const other = 1;
`;
const NEW = `import { charge, check } from './steps.js';

/** What a customer pays. */
export async function checkout(card: string) {
  'use durable';
  await check(card);
  return await charge(card);
}

export const other = 1;
`;

const git = (folder: string, ...args: string[]): void =>
  void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: folder,
    stdio: 'ignore',
  });

/** A repository in which a file was committed again and again; the last text is in the working tree. */
function repository(...texts: string[]): string {
  const folder = folderOf({ 'package.json': manifestOf(), 'src/steps.ts': STEPS });
  git(folder, 'init', '-q');
  for (const [index, text] of texts.entries()) {
    writeFileSync(join(folder, 'src/order.ts'), text);
    if (index === texts.length - 1) break;
    git(folder, 'add', '-A');
    git(folder, 'commit', '-qm', `${index}`);
  }
  return folder;
}

const read = (folder: string): string => readFileSync(join(folder, 'src/order.ts'), 'utf8');
const functionsIn = (folder: string, text: string): ReturnType<typeof readFunctions>['functions'] =>
  readFunctions(folder, new Map([['src/order.ts', text]])).functions;

it('writes the last other code behind the new one, with the same code version, and tells what is gone', async () => {
  const folder = repository(OLD, NEW);
  const shown = await command('freeze', 'checkout', folder);
  expect(shown.status).toBe(1);
  expect(shown.output).toContain("+  'use durable version 1 of checkout';");
  expect(shown.output).toContain("checkoutV1 uses what this file doesn't have any more: log.");
  expect(shown.output).toContain('Nothing was written.');
  expect(read(folder)).toBe(NEW);
  const { status, output } = await command('freeze', 'checkout', folder, '--yes', '--json');
  expect(status, 'an import is missing').toBe(1);
  expect(JSON.parse(output)).toMatchObject({
    file: 'src/order.ts',
    name: 'checkoutV1',
    number: 1,
    missing: ['log'],
    written: true,
  });
  expect(read(folder)).toBe(
    NEW.replace(
      '\n}\n\nexport const other',
      `
}

/** The code of version 1, for the runs that began with it. */
export async function checkoutV1(card: string) {
  'use durable version 1 of checkout';
  await log(card);
  if (card === 'again') await checkout('visa');
  return await charge(card);
}

export const other`,
    ),
  );
  const kept = functionsIn(folder, read(folder)).find(({ number }) => number === 1)!;
  expect(kept.manifest.version).toBe(functionsIn(folder, OLD)[0]!.manifest.version);
  expect(kept.id).toBe(functionsIn(folder, OLD)[0]!.id);
});

it('writes no older code behind newer, and names what keeps the code', async () => {
  const oldest = OLD.replace('await log(card);', 'await log(card);\n  await log(card);');
  const folder = repository(oldest, OLD, NEW);
  await command('freeze', 'checkout', folder, '--yes');
  const kept = read(folder);
  expect(kept).toContain('checkoutV1');
  expect(await command('freeze', 'checkout', folder, '--yes')).toMatchObject({
    status: 1,
    errors: expect.stringContaining(
      'The code that checkout had before is kept already: checkoutV1 is version 1. Name the revision of older code with --from.',
    ),
  });
  expect((await command('freeze', 'checkoutV1', folder, '--yes')).errors).toContain(
    'checkoutV1 keeps the code of version 1 of checkout already. Name checkout to keep the code that it had before.',
  );
  expect(read(folder)).toBe(kept);
  const { status, output } = await command('check', folder, '--against');
  expect(status).toBe(0);
  expect(output.replaceAll(/\s+/g, ' ')).toContain(
    'kept: Its code is version 1 now, kept as `checkoutV1`, and new runs begin with the newest version. Runs go on.',
  );
});

it('goes back to the last revision that differs, and counts on', async () => {
  const third = NEW.replace('charge(card)', "charge(card + '!')");
  const folder = repository(OLD, NEW, third, third);
  expect((await command('freeze', 'checkout', folder, '--yes')).status).toBe(0);
  expect(read(folder)).toContain("'use durable version 1 of checkout';\n  await check(card);");
  const again = await command('freeze', 'checkout', folder, '--from', 'HEAD~2', '--yes', '--json');
  expect(JSON.parse(again.output)).toMatchObject({ name: 'checkoutV2', number: 2, missing: ['log'] });
});

it('refuses with 1 what it can not write, and with 2 where there is no revision', async () => {
  const folder = repository(OLD, OLD);
  expect(await command('freeze', 'checkout', folder, '--yes')).toMatchObject({
    status: 1,
    errors: expect.stringContaining('No revision of'),
  });
  expect(await command('freeze', 'chekout', folder)).toMatchObject({
    status: 1,
    errors: expect.stringContaining('There is no durable function'),
  });
  expect(await command('freeze', 'checkout', folder, '--from', 'nowhere')).toMatchObject({ status: 2 });
  expect(
    await command(
      'freeze',
      'checkout',
      folderOf({ 'package.json': manifestOf(), 'src/order.ts': OLD, 'src/steps.ts': STEPS }),
    ),
  ).toMatchObject({
    status: 2,
  });
  const arrow = OLD.replace(
    'export async function checkout(card: string) {',
    'export const checkout = async (card: string) => {',
  ).replace('\n}\n\nexport const other', '\n};\n\nexport const other');
  expect(await command('freeze', 'checkout', repository(arrow, NEW), '--yes')).toMatchObject({
    status: 1,
    errors: expect.stringContaining('Only a function that is declared'),
  });
  const numbered = NEW.replace("'use durable'", "'use durable version 1'");
  const refused = repository(OLD, numbered);
  expect(await command('freeze', 'checkout', refused, '--yes')).toMatchObject({
    status: 1,
    errors: expect.stringContaining('a higher number'),
  });
  expect(read(refused)).toBe(numbered);
});
