import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { compileFile, type FileOptions } from '../../../../transformer/compile-file.ts';
import { type ResultCache, resultCache } from '../../../../transformer/hosts/result-cache.ts';

const folder = fileURLToPath(new URL('../../../.tmp/result-cache/', import.meta.url));
const CODE = "export async function order() { 'use durable'; await work(); }\n";
const RESULT = { code: 'compiled', map: null, errors: [], warnings: [], lockFile: undefined };

interface Given {
  readonly path?: string;
  readonly code?: string;
  readonly written?: string;
  readonly options?: FileOptions;
  readonly build?: string | undefined;
}

const cacheOf = (given: Given = {}): ResultCache | undefined => {
  const { path = join(folder, 'src/order.ts'), code = CODE, written, options = {} } = given;
  const build = 'build' in given ? given.build : 'one';
  return resultCache({ path, written }, code, options, build);
};

beforeEach(() => {
  vi.stubEnv('DURABLE_CACHE', '');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'package.json'), '{ "name": "shop" }');
  return () => vi.unstubAllEnvs();
});

describe('a kept result', () => {
  it('is known to a later build of the same', () => {
    expect(cacheOf()?.read()).toBeUndefined();
    cacheOf()?.write(RESULT);
    expect(cacheOf()?.read()).toEqual(RESULT);
    expect(globSync('node_modules/.cache/use-durable/*', { cwd: folder })).toHaveLength(1);
  });

  it('is also that there is nothing to compile', () => {
    cacheOf()?.write(null);
    expect(cacheOf()?.read()).toBeNull();
  });

  it('has the place of the lock', () => {
    writeFileSync(join(folder, 'durable.lock.json'), '{}');
    cacheOf()?.write(RESULT);
    expect(cacheOf()?.read()?.lockFile).toBe(join(folder, 'durable.lock.json'));
  });

  it('is replaced by that of the next edit, so that there is one for a file', () => {
    for (const code of [CODE, `${CODE} `, `${CODE}  `]) cacheOf({ code })?.write({ ...RESULT, code });
    expect(globSync('node_modules/.cache/use-durable/*', { cwd: folder })).toHaveLength(1);
    expect(cacheOf({ code: `${CODE}  ` })?.read()?.code).toBe(`${CODE}  `);
    expect(cacheOf()?.read()).toBeUndefined();
  });

  it.each<[what: string, given: Given]>([
    ['the code', { code: `${CODE} ` }],
    ['the text on disk, where another tool has the file first', { written: `${CODE}\n` }],
    ['marks for coverage', { options: { coverage: true } }],
    ['the compiler', { build: 'two' }],
    ['the path', { path: join(folder, 'src/other.ts') }],
  ])('does not count for another value of %s', (_, given) => {
    cacheOf()?.write(RESULT);
    expect(cacheOf(given)?.read()).toBeUndefined();
  });

  it.each<[what: string, change: () => void]>([
    ['the package', () => writeFileSync(join(folder, 'package.json'), '{ "name": "store" }')],
    [
      'a package.json nearer to the file',
      () => writeFileSync(join(folder, 'src/package.json'), '{ "name": "a" }'),
    ],
    ['a lock', () => writeFileSync(join(folder, 'durable.lock.json'), '{}')],
    ['the working directory', () => void vi.spyOn(process, 'cwd').mockReturnValue(join(folder, 'src'))],
    ['Node', () => void vi.spyOn(process, 'version', 'get').mockReturnValue('v99.0.0')],
  ])('does not count after a change of %s', (_, change) => {
    cacheOf()?.write(RESULT);
    change();
    const found = cacheOf()?.read();
    vi.restoreAllMocks();
    expect(found).toBeUndefined();
  });

  it('does not count if it is damaged, and is written again', () => {
    cacheOf()?.write(RESULT);
    const [name = ''] = globSync('node_modules/.cache/use-durable/*', { cwd: folder });
    const text = readFileSync(join(folder, name), 'utf8');
    for (const damaged of ['', text.slice(0, -5), 'null', '{}']) {
      writeFileSync(join(folder, name), damaged);
      expect(cacheOf()?.read()).toBeUndefined();
    }
    cacheOf()?.write(RESULT);
    expect(cacheOf()?.read()).toEqual(RESULT);
  });

  it('is left out in silence where it can not be written', () => {
    writeFileSync(join(folder, 'node_modules/.cache'), 'a file');
    expect(() => cacheOf()?.write(RESULT)).not.toThrow();
    expect(cacheOf()?.read()).toBeUndefined();
  });
});

describe('nothing is kept', () => {
  it('by the sources of the compiler, which have no build', () => {
    expect(cacheOf({ build: undefined })).toBeUndefined();
  });

  it('with DURABLE_CACHE=off', () => {
    vi.stubEnv('DURABLE_CACHE', 'off');
    expect(cacheOf()).toBeUndefined();
  });

  it('in builds that write the lock', () => {
    expect(cacheOf({ options: { lock: 'write' } })).toBeUndefined();
    vi.stubEnv('DURABLE_LOCK', 'write');
    expect(cacheOf()).toBeUndefined();
  });

  it('outside of packages, and where nothing is installed', () => {
    const other = mkdtempSync(join(tmpdir(), 'use-durable-cache-'));
    try {
      expect(cacheOf({ path: join(other, 'order.ts') })).toBeUndefined();
      writeFileSync(join(other, 'package.json'), '{ "name": "shop" }');
      expect(cacheOf({ path: join(other, 'order.ts') })).toBeUndefined();
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  it('of a file whose functions the lock knows by another file, since that may come back', () => {
    const path = join(folder, 'src/order.ts');
    const former = join(folder, 'src/former.ts');
    const code = `import { work } from './work.ts';\n${CODE}`;
    writeFileSync(former, code);
    compileFile(code, former, { lock: 'write' });
    expect(compileFile(code, former)).toMatchObject({ asksForFiles: false, diagnostics: [] });
    rmSync(former);
    expect(compileFile(code, path).asksForFiles).toBe(true);
  });
});
