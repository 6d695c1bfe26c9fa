/** What `compileProject` does, whatever TypeScript the project has. */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  type CompiledProject,
  compileProject,
  ProjectCompiler,
} from '../../../../cli/compile/compile-project.ts';
import { compileFile } from '../../../../transformer/index.ts';
import { CHARGE, type Files, folderOf, manifestOf, ORDER, write } from './folders.ts';

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
  },
});

/** A step whose result has a part that only types show to be lost. */
const LOSSY = `const lookUp = async (): Promise<{ total(): number }> => ({ total: () => 1 });

export async function sum() {
  'use durable';
  const found = await lookUp();
  return found.total();
}
`;

const shown = ({ diagnostics }: CompiledProject): readonly string[] =>
  diagnostics.map(({ fileName, line, severity, code }) => `${fileName}:${line} ${severity} ${code}`);
const ids = ({ functions }: CompiledProject): readonly string[] => functions.map(({ id }) => id);

/**
 * @param typescript the folder of the package
 * @param version of it
 */
export function itCompilesProjects(typescript: string, version: string): void {
  const project = (files: Files): string => {
    const root = folderOf(files, []);
    symlinkSync(typescript, join(root, 'node_modules/typescript'), 'junction');
    return root;
  };
  const shop = (more: Files = {}): string =>
    project({
      'package.json': manifestOf(),
      'tsconfig.json': TSCONFIG,
      'src/order.ts': ORDER,
      'src/charge.ts': CHARGE,
      ...more,
    });

  it('gives each function with its id, version and sites, as every build does', () => {
    const root = shop();
    const { files, functions, diagnostics, mistyped, typescript, readFile } = compileProject({ root });
    const { functions: built } = compileFile(ORDER, join(root, 'src/order.ts'));
    expect([files, diagnostics, mistyped]).toEqual([['src/order.ts'], [], []]);
    expect(functions).toMatchObject([
      {
        id: 'shop/src/order.ts#order',
        file: 'src/order.ts',
        line: 3,
        version: built[0]!.version,
        sites: [{ id: 'charge', kind: 'step', line: 5, path: '', print: expect.any(String) }],
      },
    ]);
    expect(typescript).toEqual({ name: 'typescript', version: version });
    expect(readFile('src/charge.ts')).toBe(CHARGE);
    expect(readFile('src/none.ts')).toBe(undefined);
  });

  it('reports what needs types, as tspc does', () => {
    expect(shown(compileProject({ root: shop({ 'src/sum.ts': LOSSY }) }))).toEqual([
      'src/sum.ts:5 error UD4001',
    ]);
  });

  it('takes files that no configuration names, by the options of the nearest one, or without any', () => {
    const root = shop({
      'tsconfig.json': JSON.stringify({ ...JSON.parse(TSCONFIG), include: ['src'] }),
      'src/globals.d.ts': 'declare const total: () => number;\n',
      'scripts/sum.ts': LOSSY.replace('({ total: () => 1 })', '({ total })').replace(
        /: Promise<.*?>(?= =>)/,
        '',
      ),
      'scripts/old.js': `export async function old() {\n  'use durable';\n  await fetch('http://x');\n}\n`,
    });
    const found = compileProject({ root });
    expect(ids(found)).toEqual([
      'shop/scripts/old.js#old',
      'shop/scripts/sum.ts#sum',
      'shop/src/order.ts#order',
    ]);
    expect(shown(found)).toEqual(['scripts/sum.ts:5 error UD4001']);
    const plain = project({ 'package.json': manifestOf(), 'sum.ts': LOSSY });
    expect(shown(compileProject({ root: plain }))).toEqual(['sum.ts:5 error UD4001']);
  });

  it('takes the configuration of a folder above', () => {
    const root = shop({ 'packages/a/package.json': '{"name":"a"}', 'packages/a/sum.ts': LOSSY });
    expect(shown(compileProject({ root: join(root, 'packages/a') }))).toEqual(['sum.ts:5 error UD4001']);
  });

  it('follows references to projects that are not built', () => {
    const composite = (more: object): string =>
      JSON.stringify({
        compilerOptions: {
          target: 'es2023',
          module: 'nodenext',
          strict: true,
          composite: true,
          rootDir: 'src',
          outDir: 'dist',
        },
        include: ['src'],
        ...more,
      });
    const root = project({
      'package.json': '{"name":"all","private":true,"workspaces":["packages/*"]}',
      'tsconfig.json': '{"files":[],"references":[{"path":"packages/app/tsconfig.build.json"}]}',
      'packages/core/package.json':
        '{"name":"core","type":"module","exports":{"types":"./dist/index.d.ts","default":"./dist/index.js"}}',
      'packages/core/tsconfig.build.json': composite({}),
      'packages/core/src/index.ts': LOSSY.slice(0, LOSSY.indexOf('export async')).replace(
        'const lookUp',
        'export const lookUp',
      ),
      'packages/app/package.json': '{"name":"app","type":"module"}',
      'packages/app/tsconfig.build.json': composite({
        references: [{ path: '../core/tsconfig.build.json' }],
      }),
      'packages/app/src/main.ts': `import { lookUp } from 'core';\n${LOSSY.slice(LOSSY.indexOf('export async'))}`,
    });
    symlinkSync(join(root, 'packages/core'), join(root, 'node_modules/core'));
    const found = compileProject({ root });
    expect(ids(found)).toEqual(['app/src/main.ts#sum']);
    expect(shown(found)).toEqual(['packages/app/src/main.ts:4 error UD4001']);
    expect(found.mistyped).toEqual([]);
  });

  it('says which files have syntax errors, and in which the types are wrong', () => {
    const root = shop({
      'src/order.ts': ORDER.replace('./charge.ts', './none.ts'),
      'src/broken.ts': `${ORDER}const x = ;\n`,
    });
    const found = compileProject({ root });
    expect(found.files).toEqual(['src/broken.ts', 'src/order.ts']);
    expect(shown(found)).toEqual(['src/broken.ts:7 error TS1109']);
    expect(found.mistyped).toEqual(['src/order.ts']);
  });

  it('reports mistakes in a configuration, and compiles with what is left of it', () => {
    const root = shop({ 'tsconfig.json': TSCONFIG.replace('"es2023"', '"es1066"') });
    const found = compileProject({ root });
    expect(shown(found)).toEqual(['tsconfig.json:1 error TS6046']);
    expect(ids(found)).toEqual(['shop/src/order.ts#order']);
  });

  it('compiles the files that it is given, and no others', () => {
    const root = shop({ 'src/sum.ts': LOSSY });
    expect(ids(compileProject({ root, files: ['src/sum.ts'] }))).toEqual(['shop/src/sum.ts#sum']);
    expect(ids(compileProject({ root, files: [join(root, 'src/order.ts')] }))).toEqual([
      'shop/src/order.ts#order',
    ]);
  });

  it('compiles a project as it was: with other texts, with files that are gone, and without those that came since', () => {
    const root = shop({ 'src/new.ts': ORDER });
    const texts = new Map<string, string | undefined>([
      ['package.json', manifestOf().replace('"shop"', '"store"')],
      ['tsconfig.json', JSON.stringify({ ...JSON.parse(TSCONFIG), include: ['old', 'src'] })],
      [
        'old/a/sum.ts',
        `import { lookUp } from './look-up.ts';\n${LOSSY.slice(LOSSY.indexOf('export async'))}`,
      ],
      ['old/a/look-up.ts', 'export const lookUp = async () => ({ total: () => 1 });\n'],
      ['src/charge.ts', "export const charge = async (n: number) => ({ n, unit: 'EUR' });\n"],
      ['src/new.ts', undefined],
    ]);
    const found = compileProject({ root, texts });
    expect(ids(found)).toEqual(['store/old/a/sum.ts#sum', 'store/src/order.ts#order']);
    expect(shown(found)).toEqual(['old/a/sum.ts:4 error UD4001']);
    expect(found.mistyped).toEqual([]);
    expect(found.readFile('src/new.ts')).toBe(undefined);
    expect(found.readFile('old/a/look-up.ts')).toContain('lookUp');
    expect(ids(compileProject({ root }))).toEqual(['shop/src/new.ts#order', 'shop/src/order.ts#order']);
  });

  it('sees at the second time what has changed: in the file, in one that it imports, in the name of the package', () => {
    const root = shop({
      'src/sum.ts': `import { lookUp } from './look-up.ts';\n${LOSSY.slice(LOSSY.indexOf('export async'))}`,
      'src/look-up.ts': 'export const lookUp = async () => ({ total: (): number => 1 });\n',
    });
    const compiler = new ProjectCompiler({ root });
    expect(shown(compiler.compile())).toEqual(['src/sum.ts:4 error UD4001']);
    write(root, 'src/look-up.ts', 'export const lookUp = async () => ({ at: 1 });\n');
    const second = compiler.compile();
    expect([shown(second), second.mistyped]).toEqual([[], ['src/sum.ts']]);
    write(root, 'src/order.ts', ORDER.replaceAll('order', 'buy'));
    write(root, 'package.json', manifestOf().replace('"shop"', '"store"'));
    expect(ids(compiler.compile())).toEqual(['store/src/order.ts#buy', 'store/src/sum.ts#sum']);
    write(root, 'src/sum.ts', 'export {};\n');
    expect(ids(compiler.compile())).toEqual(['store/src/order.ts#buy']);
  });
}
