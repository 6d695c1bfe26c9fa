/** `durable check --against`, in repositories of Git. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { compareWithRevision } from '../../../../cli/changes/against.ts';
import { changedSince } from '../../../../cli/changes/git.ts';
import { changesSection } from '../../../../cli/check/changes-section.ts';
import { compileProject } from '../../../../cli/compile/compile-project.ts';
import { itInFull } from '../../../support/tier.ts';
import { command } from '../support/command.ts';
import { type Files, folderOf, manifestOf, write } from '../support/folders.ts';

const git = (folder: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

function repository(files: Files): string {
  const folder = folderOf({ ...files, '.gitignore': 'node_modules\n' });
  git(folder, 'init', '-q', '-b', 'main');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '-m', 'first');
  return folder;
}

const TSCONFIG =
  '{"compilerOptions":{"target":"es2023","module":"nodenext","strict":true,"noEmit":true,"allowImportingTsExtensions":true}}';
const SERVICES = `export const charge = async (n: number) => n;
export const ship = async (n: number) => n;
export const log = (text: string) => text;
`;
const checkout = (body: string): string => `import { charge, ship } from './services.ts';

export async function checkout(n: number) {
  'use durable';
${body}
}
`;
const BEFORE = checkout('  await charge(n);\n  return await ship(n);');
const AFTER = checkout('  await ship(0);\n  await charge(n);\n  return await ship(n);');

const shop = (): string =>
  repository({
    'package.json': manifestOf(),
    'tsconfig.json': TSCONFIG,
    'src/checkout.ts': BEFORE,
    'src/services.ts': SERVICES,
  });

interface Data {
  readonly changes: {
    readonly against: string;
    readonly unreadable: readonly string[];
    readonly functions: readonly {
      readonly id: string;
      readonly verdict: string;
      readonly now: object | null;
      readonly edits: readonly { readonly kind: string; readonly message: string; readonly advice: string }[];
    }[];
  };
}
const dataOf = async (folder: string, ...against: readonly string[]): Promise<Data['changes']> =>
  (JSON.parse((await command('check', folder, '--against', ...against, '--json')).output) as Data).changes;

describe('check --against', () => {
  it('says that nothing was changed', async () => {
    const { status, output } = await command('check', shop(), '--against', 'main');
    expect(output).toMatch(/Compared with main \([0-9a-f]{10}\): no durable function was changed\./);
    expect(status).toBe(0);
  });

  it('shows both lines of an edit, what becomes of runs, and what to write instead', async () => {
    const folder = shop();
    write(folder, 'src/checkout.ts', AFTER);
    const { status, output } = await command('check', folder, '--against');
    expect(status).toBe(1);
    expect(output).toContain('checkout src/checkout.ts:3 - breaking');
    expect(output).toContain("uncertain: It isn't certain which call of `ship` is which.");
    expect(output).toContain('src/checkout.ts:6:16 before\n    6 | return await ship(n);');
    expect(output).toContain('src/checkout.ts:5:9 now\n    5 | await ship(0);');
    expect(output).toContain('Give the calls names');
    expect(output).toMatch(/Compared with HEAD \([0-9a-f]{10}\): 1 durable function changed, 1 breaking\./);
  });

  it('calls an edit free that is', async () => {
    const folder = shop();
    write(folder, 'src/checkout.ts', BEFORE.replace('charge(n)', 'charge(n + 1)'));
    const { status, output } = await command('check', folder, '--against', 'HEAD');
    expect(output).toMatch(/Recorded outcomes are kept\.\s+Runs go on\./);
    expect(output).toContain('1 durable function changed, 1 free.');
    expect(status).toBe(0);
  });

  it('prints Markdown, and JSON', async () => {
    const folder = shop();
    write(folder, 'src/checkout.ts', AFTER);
    const { output } = await command('check', folder, '--against', 'HEAD', '--markdown');
    expect(output).toContain('| | function | runs under way |\n| --- | --- | --- |\n');
    expect(output).toContain('| 🔴 | `checkout` src/checkout.ts:3 | breaking |');
    expect(output).not.toContain('\u001b');
    expect(await dataOf(folder)).toMatchObject({
      unreadable: [],
      functions: [
        {
          id: 'shop/src/checkout.ts#checkout',
          verdict: 'breaking',
          before: { file: 'src/checkout.ts', line: 3, version: expect.any(String) },
          now: { file: 'src/checkout.ts', line: 3, version: expect.any(String) },
          edits: [
            {
              kind: 'uncertain',
              what: 'ship',
              before: { line: 6, column: 16 },
              now: { line: 5, column: 9 },
              reached: ['charge', 'ship'],
            },
          ],
        },
      ],
    });
  });

  describe('with types', () => {
    const typed = (order: string): string => `export interface Order { id: string; ${order} }
export const load = async (n: number): Promise<Order> => JSON.parse(String(n)) as Order;
export const raw = async (n: number): Promise<any> => n;
`;
    const CODE = `import { type Order, load, raw } from './services.ts';

export async function checkout(n: number) {
  'use durable';
  const order = await load(n);
  await load(n);
  const other = (await raw(n)) as Order;
  return [order, other];
}
`;
    const typedShop = (): string =>
      repository({
        'package.json': manifestOf(),
        'tsconfig.json': TSCONFIG,
        'src/checkout.ts': CODE,
        'src/services.ts': typed('total: number'),
      });

    it('says which recorded results do not fit the type that the code expects, where no durable function was changed', async () => {
      const folder = typedShop();
      write(folder, 'src/services.ts', typed('total: number; currency: string'));
      const { status, output } = await command('check', folder, '--against');
      expect(status).toBe(1);
      expect(output).toContain('checkout src/checkout.ts:3 - free unless a run has passed it');
      expect(output.replaceAll(/\s+/g, ' ')).toContain(
        'result: What `load` has recorded may not fit what the code expects: `result.currency` may be missing, and `string` is expected. Runs that have recorded `load` go on with what is recorded.',
      );
      const [found, ...others] = (await dataOf(folder)).functions;
      expect(others).toEqual([]);
      // The second call is used by nothing.
      expect(found?.edits).toEqual([
        expect.objectContaining({
          kind: 'result',
          what: 'load',
          before: { line: 5, column: 23 },
          reached: ['load'],
        }),
        expect.objectContaining({
          kind: 'result',
          what: 'raw',
          before: { line: 7, column: 24 },
          reached: ['raw'],
        }),
      ]);
    });

    it('an optional property, and another type of what the code does not use, is free', async () => {
      const folder = typedShop();
      write(folder, 'src/services.ts', typed('total: number; currency?: string'));
      const { status, output } = await command('check', folder, '--against');
      expect(status).toBe(0);
      expect(output).toContain('no durable function was changed');
    });

    itInFull('joins them with the edits of the function, and knows its input', async () => {
      const folder = typedShop();
      write(
        folder,
        'src/checkout.ts',
        CODE.replace('n: number', 'n: number, currency: string').replace('return', 'await load(2); return'),
      );
      const [found] = (await dataOf(folder)).functions;
      expect(found?.verdict).toBe('breaking');
      expect(found?.edits.map(({ kind }) => kind)).toEqual(['added', 'result']);
      expect(found?.edits[1]?.message).toContain(
        'The input of runs may not fit what the code expects: `arguments[1]` may be missing, and `string` is expected.',
      );
    });
  });

  itInFull('fits into 40 columns', async () => {
    const folder = shop();
    write(folder, 'src/checkout.ts', AFTER.replace('ship(0)', `ship(${'n + '.repeat(30)}n)`));
    const { columns } = process.stdout;
    process.stdout.columns = 40;
    onTestFinished(() => {
      process.stdout.columns = columns;
    });
    const project = compileProject({ root: folder, shapes: 'too' });
    const { blocks } = changesSection(
      compareWithRevision(folder, 'HEAD', changedSince(folder, 'HEAD'), project, new Map()),
    );
    const lines = blocks.join('\n').split('\n');
    expect(lines.filter((line) => line.length > 40 && line.trim().includes(' '))).toEqual([]);
    expect(lines.some((line) => line.includes('n + n'))).toBe(true);
  });

  itInFull('knows the functions of a file that was only moved', async () => {
    const folder = shop();
    rmSync(join(folder, 'src/checkout.ts'));
    write(folder, 'src/orders.ts', BEFORE);
    expect((await dataOf(folder)).functions).toEqual([]);
  });

  itInFull('finds the heir of a function that is gone, and says how its runs find it', async () => {
    const folder = shop();
    rmSync(join(folder, 'src/checkout.ts'));
    write(folder, 'src/orders.ts', AFTER);
    const [found] = (await dataOf(folder)).functions;
    expect(found).toMatchObject({ verdict: 'breaking', now: null, edits: [{ kind: 'gone' }] });
    expect(found?.edits[0]?.advice).toContain("'use durable as shop/src/checkout.ts#checkout'");
  });

  it('is at ease with a function that is kept as a version', async () => {
    const folder = shop();
    const kept = BEFORE.slice(BEFORE.indexOf('export'))
      .replace('checkout(', 'checkoutV1(')
      .replace("'use durable'", "'use durable version 1 of checkout'");
    write(folder, 'src/checkout.ts', AFTER + kept);
    expect((await dataOf(folder)).functions).toMatchObject([
      { verdict: 'free', edits: [{ kind: 'kept', verdict: 'free', what: 'checkoutV1' }] },
    ]);
  });

  itInFull('is at ease with a new branch for runs that come to it', async () => {
    const folder = shop();
    const branch = (text: string): string =>
      BEFORE.replace('import { charge', "import { since } from 'use-durable';\nimport { charge").replace(
        '  await charge(n);',
        text,
      );
    const verdictOf = async (text: string): Promise<string | undefined> => {
      write(folder, 'src/checkout.ts', branch(text));
      return (await dataOf(folder)).functions[0]?.verdict;
    };
    expect(await verdictOf("  if (since('x')) await ship(0);\n  await charge(n);")).toBe('free');
    expect(
      await verdictOf(
        "  if (!since('x')) {\n await charge(n);\n return await ship(n);\n }\n  await ship(9);",
      ),
    ).toBe('free');
    expect(await verdictOf("  const is = since('x');\n  is && (await ship(0));\n  await charge(n);")).toBe(
      'free',
    );
    expect(await verdictOf("  if (since('x')) await ship(0);\n  else await charge(n);")).toBe('free');
    expect(await verdictOf("  if (since('x') && n > 1) await ship(0);\n  await charge(n);")).toBe('free');
    expect(
      await verdictOf(
        "  if (since('x')) await Promise.all([1, 2].map(async (one) => { await ship(one); }));\n  await charge(n);",
      ),
    ).toBe('free');
    // The closure is declared outside of the branch.
    expect(
      await verdictOf(
        "  const again = async (one: number) => { await ship(one); };\n  if (since('x')) await again(0);\n  await charge(n);",
      ),
    ).toBe('breaking');
    expect(await verdictOf("  if (since('x')) await charge(n);\n  else await ship(0);")).toBe('breaking');
    expect(await verdictOf("  if (since('x') || n > 1) await ship(0);\n  await charge(n);")).toBe('breaking');
  });

  itInFull('takes ids from the lock, on both sides', async () => {
    const folder = shop();
    await command('lock', folder);
    git(folder, 'add', '-A');
    git(folder, 'commit', '-qm', 'the lock');
    write(folder, 'src/checkout.ts', AFTER);
    await command('lock', folder);
    const [found] = (await dataOf(folder)).functions;
    expect(found?.edits.map(({ kind }) => kind)).toEqual(['added']);
  });

  itInFull('sees that a package was renamed', async () => {
    const folder = shop();
    write(folder, 'package.json', manifestOf().replace('"shop"', '"store"'));
    expect((await dataOf(folder)).functions).toMatchObject([{ id: 'shop/src/checkout.ts#checkout' }]);
  });

  itInFull('compares one package of several', async () => {
    const folder = repository({
      'package.json': '{ "private": true }',
      'packages/shop/package.json': manifestOf(),
      'packages/shop/src/checkout.ts': BEFORE,
      'packages/shop/src/services.ts': SERVICES,
      'packages/other/src/checkout.ts': BEFORE,
    });
    write(folder, 'packages/shop/src/checkout.ts', AFTER);
    write(folder, 'packages/other/src/checkout.ts', AFTER);
    expect((await dataOf(join(folder, 'packages/shop'))).functions).toMatchObject([
      { id: 'shop/src/checkout.ts#checkout', before: { file: 'src/checkout.ts' } },
    ]);
  });

  itInFull('names files that it can not read', async () => {
    const folder = shop();
    write(folder, 'src/checkout.ts', `${BEFORE}\nfunction (`);
    git(folder, 'commit', '-qam', 'broken');
    write(folder, 'src/checkout.ts', BEFORE);
    expect(await dataOf(folder)).toMatchObject({ unreadable: ['src/checkout.ts'], functions: [] });
  });
});

describe('there is nothing to compare with', () => {
  const refusal = async (folder: string, ...args: readonly string[]): Promise<string> => {
    const { status, errors } = await command('check', folder, ...args);
    expect(status).toBe(2);
    return errors;
  };

  it('without Git', async () => {
    const folder = folderOf({ 'package.json': manifestOf() });
    expect(await refusal(folder, '--against', 'HEAD')).toContain('is in no repository of Git');
  });

  it('for a revision that is not known', async () => {
    expect(await refusal(shop(), '--against', 'nowhere')).toContain('Git knows no revision "nowhere"');
    expect(await refusal(shop(), '--against=--output=/tmp/x')).toContain('Git knows no revision');
  });

  itInFull('in a shallow clone', async () => {
    const folder = shop();
    write(folder, 'src/checkout.ts', AFTER);
    git(folder, 'commit', '-qam', 'second');
    const clone = folderOf({});
    git(clone, 'clone', '-q', '--depth', '1', `file://${folder}`, 'shallow');
    expect(await refusal(join(clone, 'shallow'), '--against', 'HEAD~1')).toContain('fetch-depth: 0');
  });

  it('and not together with a watch', async () => {
    expect(await refusal(shop(), '--against', 'HEAD', '--watch')).toContain('cannot be used with');
  });
});
