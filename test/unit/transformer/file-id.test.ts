import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import nodePath, { join, posix, win32 } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Disk, fileIdOf } from '../../../transformer/base/file-id.ts';
import { transform } from '../../../transformer/index.ts';

const folder = fileURLToPath(new URL('../../.tmp/file-id', import.meta.url));

/** A disk that has these files and links. */
const diskOf = (
  files: Readonly<Record<string, string>>,
  path: Disk['path'] = posix,
  links: Readonly<Record<string, string>> = {},
): Disk => ({
  readFile: (name) => files[name],
  realpath: (name) => {
    for (const [link, target] of Object.entries(links))
      if (name === link || name.startsWith(link + path.sep)) return target + name.slice(link.length);
    if (!(name in files)) throw new Error('ENOENT');
    return name;
  },
  path,
});

const named = (name: unknown): string => JSON.stringify({ name });

describe('the id of a file', () => {
  it.each([
    [
      'is the package and the path in it',
      { '/w/a/package.json': named('a') },
      '/w/a/src/x.ts',
      ['a', 'src/x.ts'],
    ],
    ['has the scope', { '/w/a/package.json': named('@shop/a') }, '/w/a/x.ts', ['@shop/a', 'x.ts']],
    [
      'is that of the nearest package',
      { '/w/package.json': named('root'), '/w/packages/a/package.json': named('a') },
      '/w/packages/a/src/x.ts',
      ['a', 'src/x.ts'],
    ],
    [
      'passes over what has no name',
      { '/w/package.json': named('root'), '/w/src/package.json': '{ "type": "module" }' },
      '/w/src/x.ts',
      ['root', 'src/x.ts'],
    ],
    [
      'passes over what is no JSON',
      { '/w/package.json': named('root'), '/w/src/package.json': '{' },
      '/w/src/x.ts',
      ['root', 'src/x.ts'],
    ],
    [
      'passes over names that are none',
      {
        '/w/package.json': named('root'),
        '/w/a/package.json': named(''),
        '/w/a/b/package.json': named(7),
        '/w/a/b/c/package.json': 'null',
      },
      '/w/a/b/c/x.ts',
      ['root', 'a/b/c/x.ts'],
    ],
    ['reads a byte order mark', { '/w/package.json': `\uFEFF${named('root')}` }, '/w/x.ts', ['root', 'x.ts']],
    [
      'is below the outermost package.json where none has a name',
      { '/w/package.json': '{}', '/w/a/package.json': '{ "type": "module" }' },
      '/w/a/x.ts',
      [undefined, 'a/x.ts'],
    ],
    [
      'does not leave node_modules',
      { '/w/package.json': named('root'), '/w/node_modules/a/package.json': '{}' },
      '/w/node_modules/a/x.ts',
      [undefined, 'x.ts'],
    ],
  ])('%s', (_, files, path, [name, below]) => {
    expect(fileIdOf(path, diskOf(files))).toEqual({ package: name, path: below });
  });

  it('is none where there is no package.json', () => {
    expect(fileIdOf('/w/src/x.ts', diskOf({}))).toBeUndefined();
  });

  it('has forward slashes on Windows', () => {
    const disk = diskOf({ 'C:\\w\\a\\package.json': named('@shop/a') }, win32);
    expect(fileIdOf('C:\\w\\a\\src\\deep\\x.ts', disk)).toEqual({
      package: '@shop/a',
      path: 'src/deep/x.ts',
    });
    expect(fileIdOf('C:/w/a/src/deep/x.ts', disk)).toEqual({ package: '@shop/a', path: 'src/deep/x.ts' });
  });

  it('follows links, of files that are not there too', () => {
    const files = { '/w/package.json': named('app'), '/w/packages/a/package.json': named('a') };
    const disk = diskOf(files, posix, { '/w/node_modules/a': '/w/packages/a' });
    expect(fileIdOf('/w/node_modules/a/src/x.ts', disk)).toEqual({ package: 'a', path: 'src/x.ts' });
  });

  it('is read from the real disk', () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, 'packages/a/src'), { recursive: true });
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    writeFileSync(join(folder, 'packages/a/package.json'), named('a'));
    writeFileSync(join(folder, 'packages/a/src/x.ts'), '');
    symlinkSync(join(folder, 'packages/a'), join(folder, 'node_modules/a'));
    for (const path of ['packages/a/src/x.ts', 'node_modules/a/src/x.ts', 'node_modules/a/src/absent/y.ts'])
      expect(fileIdOf(join(folder, path))).toEqual({
        package: 'a',
        path: nodePath.posix.relative('packages/a', path.replace('node_modules', 'packages')),
      });
  });
});

describe('transform', () => {
  const source =
    "export async function run() { 'use durable'; }\nexport const o = { async go() { 'use durable as gone'; } };\n";
  const idsOf = (options: Parameters<typeof transform>[1]): string[] =>
    transform(source, options).functions.map(({ id }) => id);

  it('makes ids of the id of the file and the name of the function', () => {
    const fileId = { package: '@shop/a', path: 'src/x.ts' };
    expect(idsOf({ fileName: 'x.ts', fileId })).toEqual(['@shop/a/src/x.ts#run', 'gone']);
    const { code } = transform(source, { fileName: 'x.ts', fileId });
    expect(code).toContain(
      '{"id":"@shop/a/src/x.ts#run","name":"run","package":"@shop/a","file":"src/x.ts",',
    );
    expect(code).toContain('{"id":"gone","package":"@shop/a","file":"src/x.ts",');
    expect(idsOf({ fileName: 'x.ts', fileId: { package: undefined, path: 'x.ts' } })).toEqual([
      'x.ts#run',
      'gone',
    ]);
  });

  it('takes a file name as it is, and looks for nothing', () => {
    expect(idsOf({ fileName: 'src/x.ts' })).toEqual(['run', 'gone']);
    expect(transform(source, { fileName: 'src/x.ts' }).code).toContain('{"id":"run","file":"src/x.ts",');
  });

  it('finds out what a file is called whose whole path it is given', () => {
    expect(idsOf({ fileName: fileURLToPath(new URL('x.ts', import.meta.url)) })[0]).toBe(
      'use-durable/test/unit/transformer/x.ts#run',
    );
  });

  it('takes a whole id in the directive, for a file that was renamed', () => {
    const renamed = "export async function go() { 'use durable as @shop/a/src/old (1).ts#run'; }\n";
    const { code, functions, diagnostics } = transform(renamed, {
      fileName: 'new.ts',
      fileId: { package: '@shop/a', path: 'new.ts' },
    });
    expect(diagnostics).toEqual([]);
    expect(functions[0]?.id).toBe('@shop/a/src/old (1).ts#run');
    expect(code).toContain(
      '{"id":"@shop/a/src/old (1).ts#run","name":"run","package":"@shop/a","file":"new.ts",',
    );
  });

  it.each(['#run', 'a.ts#', 'a#b#c', 'a b'])('refuses the id %s', (id) => {
    const { diagnostics } = transform(`export async function run() { 'use durable as ${id}'; }\n`, {
      fileName: 'x.ts',
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(['UD1009']);
  });

  it('names both functions of a file that have one id', () => {
    const twice = `${source}export class Shop { static async x() { 'use durable as gone'; } }\n`;
    const { diagnostics } = transform(twice, { fileName: 'x.ts', fileId: { package: 'a', path: 'x.ts' } });
    expect(diagnostics.map(({ message }) => message)).toEqual([
      expect.stringMatching(/have the id 'gone' .* line 2/),
    ]);
  });
});

describe('what a module is known by', () => {
  const digestOf = (source: string, path: string, name = 'a'): string | undefined =>
    /"module":"([^"]+)"/.exec(
      transform(source, { fileName: 'x.ts', fileId: { package: name, path } }).code,
    )?.[1];
  const source = (from: string, more = ''): string =>
    `import { pay } from '${from}';\n${more}export async function run() {\n  'use durable';\n  await pay();\n}\n`;
  const known = digestOf(source('./pay.js'), 'src/x.ts');

  it.each([
    ['it is renamed', source('./pay.js'), 'src/y.ts'],
    ['it is moved, and imports the same', source('../pay.js'), 'src/deep/x.ts'],
    ['its layout changes', source('./pay.js').replaceAll('\n', '\n\n'), 'src/x.ts'],
  ])('stays the same where %s', (_, code, path) => {
    expect(known).toBeDefined();
    expect(digestOf(code, path)).toBe(known);
  });

  it.each([
    ['it has the same text elsewhere', source('./pay.js'), 'src/deep/x.ts'],
    ['it imports something else', source('./pays.js'), 'src/x.ts'],
    ['code outside of the function is other', source('./pay.js', 'const x = 1;\n'), 'src/x.ts'],
  ])('is another where %s', (_, code, path) => {
    expect(digestOf(code, path)).not.toBe(known);
  });

  it('is another in another package', () => {
    expect(digestOf(source('./pay.js'), 'src/x.ts', 'b')).not.toBe(known);
  });

  it.each(['import.meta.url', '__filename', 'import(`./steps/` + name)', "import('./steps.js')"])(
    'is another where %s means something else',
    (expression) => {
      const code = source(
        './pay.js',
        `export const where = (name: string) => [name, ${expression}];\n`,
      ).replace("'./pay.js'", "'pay'");
      expect(digestOf(code, 'src/x.ts')).not.toBe(digestOf(code, 'src/deep/y.ts'));
    },
  );

  it('is not there for a file without an id', () => {
    expect(transform(source('./pay.js'), { fileName: 'x.ts' }).code).not.toContain('"module"');
  });
});
