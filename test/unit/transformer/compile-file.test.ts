import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileFile, type TransformResult } from '../../../transformer/index.ts';

const FOLDER = fileURLToPath(new URL('../../.tmp/compile-file/', import.meta.url));
const FILE = join(FOLDER, 'src/pay.ts');
const PLAIN = join(FOLDER, 'src/plain.ts');
const SOURCE = `import { charge } from './charge.js';
export async function pay(amount: number): Promise<number> {
  'use durable';
  await charge(amount);
  return await charge(amount + 1);
}
`;
const TABLE = [['@shop/pay/src/pay.ts#pay', ['charge', 'charge#2']]];

beforeAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(join(FOLDER, 'src'), { recursive: true });
  writeFileSync(join(FOLDER, 'package.json'), '{ "name": "@shop/pay" }');
  writeFileSync(FILE, SOURCE);
  writeFileSync(PLAIN, 'export const x = 1;\n');
});

const tableOf = ({ functions }: TransformResult): unknown =>
  functions.map(({ id, steps }) => [id, steps.map((step) => step.id)]);
const codesOf = ({ diagnostics }: TransformResult): string[] => diagnostics.map(({ code }) => code);
const build = (options: esbuild.TransformOptions): string =>
  esbuild.transformSync(SOURCE, { loader: 'ts', ...options }).code;

describe('compileFile', () => {
  it.each([
    ['a path', FILE],
    ['a path from the working directory', relative(process.cwd(), FILE)],
    ['a URL', pathToFileURL(FILE).href],
    ['what a bundler calls it', `${FILE}?v=1&t=2`],
  ])('gives ids by the package and the path in it, for %s', (_, path) => {
    const result = compileFile(SOURCE, path);
    expect(codesOf(result)).toEqual([]);
    expect(tableOf(result)).toEqual(TABLE);
    expect(result.map?.sources).toEqual([relative(process.cwd(), FILE)]);
  });

  it('takes files that are nowhere, or of another language, as they are given', () => {
    for (const path of [join(FOLDER, 'src/new.ts'), join(FOLDER, 'src/page.vue.ts')])
      expect(codesOf(compileFile(SOURCE, path))).toEqual([]);
  });

  it.each([
    ['types are gone', build({ format: 'esm' })],
    ['spaces are gone', build({ minifyWhitespace: true, format: 'esm' })],
    ['there is a source map', build({ sourcemap: 'inline', format: 'esm' })],
    ['a line was put in front', `import './polyfill.js';\n${SOURCE}`],
  ])('compiles what has the ids of the file on disk, where %s', (_, code) => {
    const result = compileFile(code, FILE);
    expect(codesOf(result)).toEqual([]);
    expect(tableOf(result)).toEqual(TABLE);
  });

  it.each([
    ['names are short', build({ minify: true, format: 'esm' }), /file on disk/],
    ['modules are CommonJS', build({ format: 'cjs' }), /file on disk/],
    ['a step has another name', SOURCE.replaceAll('charge', 'charge2'), /file on disk/],
    ['the function has another name', SOURCE.replaceAll('pay(', 'pay2('), /file on disk/],
    ['a call is gone', SOURCE.replace('await charge(amount);', ''), /file on disk/],
    ['the directive is gone', SOURCE.replace("'use durable';", ''), /a directive .* is gone/],
  ])('refuses what another tool has made, where %s', (_, code, message) => {
    const result = compileFile(code, FILE);
    expect(codesOf(result)).toEqual(['UD1013']);
    expect(result.diagnostics[0]?.message).toMatch(message);
    expect(result.functions).toEqual([]);
  });

  it('leaves its own output as it is, minified and without the directive too', () => {
    const { code: ours } = compileFile(SOURCE, FILE);
    const minified = esbuild.transformSync(ours, { loader: 'ts', minify: true, format: 'esm' }).code;
    for (const code of [ours, minified, minified.replace('"use durable";', '')]) {
      expect(code).not.toBe(SOURCE);
      const nothing = { functions: [], diagnostics: [], asksForFiles: false };
      expect(compileFile(code, FILE)).toEqual({ code, map: null, ...nothing });
    }
  });

  it('reports what is wrong in the file itself', () => {
    const file = join(FOLDER, 'src/wrong.ts');
    const source = "export function f() {\n  'use durable';\n}\n";
    writeFileSync(file, source);
    expect(codesOf(compileFile(source, file))).toEqual(['UD1003']);
    expect(codesOf(compileFile(`\n${source}`, file))).toEqual(['UD1003']);
  });

  it('loads no compiler for files that hold no directive', () => {
    const script = `import { createRequire } from 'node:module';
      import { compileFile } from ${JSON.stringify(new URL('../../../dist/transformer/index.js', import.meta.url).href)};
      const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((path) => /typescript\\.js$/.test(path));
      compileFile('export const x = 2;', ${JSON.stringify(PLAIN)});
      const before = loaded();
      compileFile(${JSON.stringify(SOURCE)}, ${JSON.stringify(FILE)});
      console.log(before, loaded());`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(stdout.trim()).toBe('false true');
  });
});
