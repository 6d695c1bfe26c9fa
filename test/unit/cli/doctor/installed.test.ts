/** TypeScript, copies of this package, and what is built. */
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { transform } from '../../../../transformer/index.ts';
import { CHARGE, folderOf, found, manifestOf, ORDER, write } from '../support/folders.ts';

const VITE = "import useDurable from 'use-durable/vite';\nexport default { plugins: [useDurable()] };\n";
const FILES = {
  'package.json': manifestOf(),
  'vite.config.ts': VITE,
  'src/order.ts': ORDER,
  'src/charge.ts': CHARGE,
};

function installed(folder: string, name: string, version: string, main = ''): void {
  write(
    folder,
    `node_modules/${name}/package.json`,
    JSON.stringify({ name: name.split('node_modules/').at(-1), version }),
  );
  if (main !== '') write(folder, `node_modules/${name}/index.js`, main);
}

describe('TypeScript', () => {
  it('that is missing is told', () => {
    expect(found(folderOf(FILES, []))).toEqual(['error typescript-missing package.json:9']);
  });

  it('that is too old is told', () => {
    const folder = folderOf(FILES, []);
    installed(folder, 'typescript', '5.9.2', 'exports.createSourceFile = undefined;');
    expect(found(folder)).toEqual(['error typescript-version package.json:9']);
  });

  it('7 needs version 6 beside it', () => {
    const folder = folderOf(FILES, []);
    installed(folder, 'typescript', '7.0.2');
    expect(found(folder)).toEqual(['error typescript-version package.json:9']);
    installed(
      folder,
      '@typescript/typescript6',
      '6.0.2',
      `module.exports = require(${JSON.stringify(createRequire(import.meta.url).resolve('typescript'))});`,
    );
    expect(found(folder)).toEqual([]);
  });
});

describe('copies of use-durable', () => {
  it('of two versions are an error', () => {
    const folder = folderOf(FILES);
    installed(folder, 'use-durable', '0.2.0');
    expect(found(folder)).toEqual([]);
    installed(folder, '@shop/orders/node_modules/use-durable', '0.1.0');
    expect(found(folder)).toEqual(['error two-copies package.json:6']);
  });

  it('of one version are a warning', () => {
    const folder = folderOf(FILES);
    installed(folder, 'use-durable', '0.2.0');
    installed(folder, 'orders/node_modules/use-durable', '0.2.0');
    expect(found(folder)).toEqual(['warning two-copies package.json:6']);
  });
});

describe('output', () => {
  const built = (source: string): string =>
    transform(source, { fileName: 'order.ts', fileId: { package: 'shop', path: 'src/order.ts' } }).code;

  it('of the sources as they are is fine, formatted and minified too', () => {
    const code = built(ORDER);
    const minified = code.replace(/"(\w+)":/g, '$1:');
    const formatted = code.replace(/("file"|"line"|"column"|"version"|"steps"):/g, '\n  $1: ');
    for (const text of [code, minified, formatted])
      expect(found(folderOf({ ...FILES, 'dist/order.js': text }))).toEqual([]);
  });

  it('of an earlier version is stale, also formatted and minified', () => {
    const code = built(ORDER.replace('n)', 'n + 1)'));
    const minified = code.replace(/"(\w+)":/g, '$1:').replaceAll('"', '`');
    const formatted = `\n${code.replace(/("file"|"line"|"column"|"version"|"steps"):/g, '\n  $1: ')}`;
    for (const [text, line] of [
      [code, 1],
      [minified, 1],
      [formatted, 2],
    ] as const)
      expect(found(folderOf({ ...FILES, 'dist/order.js': text }))).toEqual([
        `warning stale-output dist/order.js:${line}`,
      ]);
  });

  it('that was built without the plugin is an error', () => {
    expect(found(folderOf({ ...FILES, 'dist/order.js': ORDER.replace(': number', '') }))).toEqual([
      'error plain-output dist/order.js:4',
    ]);
  });

  it('in a folder of sources with such a name is no output', () => {
    expect(found(folderOf({ ...FILES, 'lib/order.js': ORDER.replace(': number', '') }))).toEqual([]);
  });
});

it('compiled code is no source, in whatever folder it is', () => {
  const { code } = transform(ORDER, { fileName: 'order.ts' });
  const folder = folderOf({ 'package.json': manifestOf(), 'public/order.js': code });
  expect(found(folder)).toEqual([]);
  write(folder, 'public/order.ts', ORDER);
  expect(found(folder)).toEqual(['error not-covered public/order.ts:4']);
});
