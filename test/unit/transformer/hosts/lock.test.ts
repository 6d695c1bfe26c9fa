import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import ts from 'typescript';
import { describe, expect, it, onTestFinished } from 'vitest';
import { placeOf } from '../../../../transformer/base/file-id.ts';
import useEsbuild from '../../../../transformer/hosts/esbuild.ts';
import jest from '../../../../transformer/hosts/jest.ts';
import loader from '../../../../transformer/hosts/loader.ts';
import useRollup from '../../../../transformer/hosts/rollup.ts';
import transformProgram from '../../../../transformer/hosts/tspc.ts';
import { compileFile } from '../../../../transformer/index.ts';
import { readLockText } from '../../../../transformer/lock/lock-text.ts';
import { updateLock } from '../../../../transformer/lock/write-lock.ts';
import { lockFor } from '../../../support/locks.ts';

const BEFORE = `import { charge, say } from './steps.js';
export async function order(n: number) {
  'use durable';
  const a = await charge(n);
  const each = async (x: string) => await say(x, 'in');
  await Promise.all(['a', 'b'].map(each));
  await say(a);
}
`;

/** Another name for an import, a renamed closure, and the last call inserted. */
const AFTER = `import { charge as c, say } from './steps.js';
export async function order(n: number) {
  'use durable';
  const a = await c(n);
  const every = async (x: string) => await say(x, 'in');
  await Promise.all(['a', 'b'].map(every));
  await say(a);
  if (n > 5) await c(5);
}
`;

/** A call that no lock knows. */
const STALE = AFTER.replace('const a =', "await say('new'); const a =");

const FILE = 'src/order.ts';
const LOCK = 'durable.lock.json';

function packageWith(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'use-durable-lock-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const all = { 'package.json': '{"name":"shop","type":"module"}', ...files };
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

/** The lock that is written from files in their order. */
function lockOf(...sources: readonly string[]): string {
  const folder = packageWith({});
  for (const source of sources) {
    mkdirSync(join(folder, 'src'), { recursive: true });
    writeFileSync(join(folder, FILE), source);
    compileFile(source, join(folder, FILE), { lock: 'write' });
  }
  return readFileSync(join(folder, LOCK), 'utf8');
}

interface Built {
  /** The ids of sites and scopes, and the version, as they are in the code. */
  readonly code: string;
  readonly errors: readonly string[];
  readonly watched: readonly string[];
}

type Route = (folder: string, write?: true) => Promise<Built> | Built;

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  noCheck: true,
  skipLibCheck: true,
  types: [],
};

const options = (write: true | undefined) => (write ? { lock: 'write' as const } : {});

const ROUTES: Readonly<Record<string, Route>> = {
  'the text core': (folder, write) => {
    const result = compileFile(readFileSync(join(folder, FILE), 'utf8'), join(folder, FILE), options(write));
    return {
      code: result.code,
      errors: result.diagnostics.map(({ code, message }) => `${code} ${message}`),
      watched: result.lockFile === undefined ? [] : [result.lockFile],
    };
  },
  tspc: (folder, write) => {
    const host = ts.createCompilerHost(OPTIONS);
    const program = ts.createProgram([join(folder, FILE)], { ...OPTIONS, noCheck: false }, host);
    transformProgram(program, host, options(write), { ts });
    const source = program.getSourceFile(join(folder, FILE));
    const errors = program
      .getSemanticDiagnostics(source)
      .filter((one) => one.source === 'use-durable')
      .map(({ messageText }) => String(messageText).replace(/^(UD\d+): /, '$1 '));
    let code = '';
    program.emit(source, (_, text) => (code = text));
    return { code, errors, watched: [] };
  },
  esbuild: async (folder, write) => {
    const watched: string[] = [];
    const plugin = useEsbuild(options(write));
    const result = await build({
      absWorkingDir: folder,
      entryPoints: [FILE],
      bundle: true,
      external: ['*.js', 'use-durable/*'],
      format: 'esm',
      write: false,
      logLevel: 'silent',
      plugins: [
        {
          name: plugin.name,
          setup: (given) =>
            plugin.setup({
              ...given,
              onLoad: (filter, load) =>
                given.onLoad(filter, async (args) => {
                  const loaded = await load(args);
                  watched.push(...(loaded?.watchFiles ?? []));
                  return loaded;
                }),
            }),
        },
      ],
    }).catch((error: { errors: { text: string }[] }) => error);
    return {
      code: 'outputFiles' in result ? result.outputFiles[0]!.text : '',
      errors: result.errors.map(({ text }) => text.replace(/^(UD\d+): /, '$1 ')),
      watched,
    };
  },
  'Rollup and Vite': (folder, write) => {
    const watched: string[] = [];
    const errors: string[] = [];
    const context = {
      addWatchFile: (path: string) => void watched.push(path),
      warn: () => {},
      error: ({ message }: { message: string }): never => {
        errors.push(message.replace(/^(UD\d+): /, '$1 '));
        throw new Error(message);
      },
    };
    let code = '';
    try {
      const source = readFileSync(join(folder, FILE), 'utf8');
      code = useRollup(options(write)).transform.handler.call(context, source, join(folder, FILE))!.code;
    } catch {
      // In `errors`.
    }
    return { code, errors, watched };
  },
  'the loader': (folder, write) => {
    const watched: string[] = [];
    let built: Built | undefined;
    loader.call(
      {
        resourcePath: join(folder, FILE),
        addDependency: (path) => void watched.push(path),
        getOptions: () => options(write),
        callback: (error, code = '') => {
          const errors = error === null ? [] : [error.message.replace(/^.*?error (UD\d+): /s, '$1 ')];
          built = { code, errors, watched };
        },
      },
      readFileSync(join(folder, FILE), 'utf8'),
    );
    return built!;
  },
};

/** The definition in compiled code, and the scopes that it opens. */
function idsIn({ code }: Built): unknown {
  const plain = code.replace(/\s+/g, ' ');
  const steps = [...plain.matchAll(/"?id"?: ?"([^"]+)", ?"?kind"?/g)].map(([, id]) => id);
  const scopes = [...plain.matchAll(/\.open\("([^"]+)"\)/g)].map(([, id]) => id);
  return { steps, scopes, version: /"?version"?: ?"([^"]+)"/.exec(plain)?.[1] };
}

describe.each(Object.entries(ROUTES))('%s', (name, route) => {
  it('gives the ids and the version of the lock', async () => {
    const folder = packageWith({ [FILE]: AFTER, [LOCK]: lockOf(BEFORE, AFTER) });
    const built = await route(folder);
    expect(built.errors).toEqual([]);
    expect(idsIn(built)).toEqual({
      steps: ['charge', 'say', 'Promise.all', 'say#2', 'c'],
      scopes: ['each'],
      version: expect.stringMatching(/^[\w-]{16}$/),
    });
    expect(idsIn(built)).toEqual(idsIn(await ROUTES['the text core']!(folder)));
    if (name !== 'tspc') expect(built.watched).toEqual([join(folder, LOCK)]);
  });

  it('gives the ids of the code without a lock, and reads none', async () => {
    const built = await route(packageWith({ [FILE]: AFTER }));
    expect(idsIn(built)).toMatchObject({
      steps: ['c', 'say', 'Promise.all', 'say#2', 'c#2'],
      scopes: ['every'],
    });
    expect(built.watched).toEqual([]);
  });

  it('reports what the lock does not know, at its line', async () => {
    const folder = packageWith({ [FILE]: STALE, [LOCK]: lockOf(BEFORE, AFTER) });
    const { errors } = await route(folder);
    expect(errors.length).toBe(1);
    expect(errors[0]).toMatch(/^UD1018 durable\.lock\.json is out of date: this call is not in it/);
    expect(readFileSync(join(folder, LOCK), 'utf8')).toBe(lockOf(BEFORE, AFTER));
  });

  it('reports a damaged lock with its line, and does not write over it', async () => {
    const text = lockOf(BEFORE).replace('"id":"charge"', '"id":"pay"');
    const folder = packageWith({ [FILE]: AFTER, [LOCK]: text });
    for (const write of [undefined, true] as const) {
      const { errors } = await route(folder, write);
      expect(errors.length).toBe(1);
      expect(errors[0]).toMatch(/^UD1017 durable\.lock\.json:8 can't be used: this line was edited by hand/);
    }
    expect(readFileSync(join(folder, LOCK), 'utf8')).toBe(text);
  });

  it('writes the lock if it is asked to', async () => {
    const folder = packageWith({ [FILE]: BEFORE });
    expect((await route(folder, true)).errors).toEqual([]);
    expect(readFileSync(join(folder, LOCK), 'utf8')).toBe(lockOf(BEFORE));
    writeFileSync(join(folder, FILE), STALE);
    expect((await route(folder, true)).errors).toEqual([]);
    expect(readFileSync(join(folder, LOCK), 'utf8')).toBe(lockOf(BEFORE, STALE));
    expect((await route(folder)).errors).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual([LOCK, 'package.json', 'src']);
  });

  it('sees a lock that has changed in the same process', async () => {
    const folder = packageWith({ [FILE]: AFTER, [LOCK]: lockOf(AFTER) });
    expect(idsIn(await route(folder))).toMatchObject({ scopes: ['every'] });
    writeFileSync(join(folder, LOCK), lockOf(BEFORE, AFTER));
    expect(idsIn(await route(folder))).toMatchObject({ scopes: ['each'] });
  });
});

describe('the lock of a package', () => {
  const ids = (folder: string, file = FILE): unknown => {
    const path = join(folder, file);
    const { functions, diagnostics } = compileFile(readFileSync(path, 'utf8'), path);
    expect(diagnostics).toEqual([]);
    return functions[0]?.steps.map(({ id }) => id);
  };
  const LOCKED = ['charge', 'say', 'Promise.all', 'say#2', 'c'];

  it('goes with a file that is renamed', () => {
    const folder = packageWith({ [FILE]: AFTER, [LOCK]: lockOf(BEFORE, AFTER) });
    renameSync(join(folder, FILE), join(folder, 'src/purchase.ts'));
    expect(ids(folder, 'src/purchase.ts')).toEqual(LOCKED);
    compileFile(AFTER, join(folder, 'src/purchase.ts'), { lock: 'write' });
    const text = readFileSync(join(folder, LOCK), 'utf8');
    expect(text).toBe(lockOf(BEFORE, AFTER).replace(FILE, 'src/purchase.ts'));
  });

  it('is not that of another file with a function of the same name', () => {
    const folder = packageWith({ [FILE]: BEFORE, 'src/other.ts': AFTER, [LOCK]: lockOf(BEFORE) });
    expect(ids(folder, 'src/other.ts')).toEqual(['c', 'say', 'Promise.all', 'say#2', 'c#2']);
  });

  it('is found through a link, and beside the package.json with the name', () => {
    const folder = packageWith({
      [FILE]: AFTER,
      'src/package.json': '{"type":"module"}',
      [LOCK]: lockOf(BEFORE, AFTER),
    });
    const link = `${folder}-link`;
    symlinkSync(folder, link);
    onTestFinished(() => rmSync(link));
    expect(ids(link)).toEqual(LOCKED);
  });

  it('is that of the inner package in a repository with several', () => {
    const folder = packageWith({
      [LOCK]: '{}',
      'packages/shop/package.json': '{"name":"shop"}',
      [`packages/shop/${FILE}`]: AFTER,
      [`packages/shop/${LOCK}`]: lockOf(BEFORE, AFTER),
    });
    expect(ids(join(folder, 'packages/shop'))).toEqual(LOCKED);
  });

  it('may have the ends of lines of Windows and a byte order mark', () => {
    const text = `\uFEFF${lockOf(BEFORE, AFTER).replaceAll('\n', '\r\n')}`;
    const folder = packageWith({ [FILE]: AFTER, [LOCK]: text });
    expect(ids(folder)).toEqual(LOCKED);
    // Nothing has changed, so it isn't written.
    compileFile(AFTER, join(folder, FILE), { lock: 'write' });
    expect(readFileSync(join(folder, LOCK), 'utf8')).toBe(text);
  });

  it('is written through a link', () => {
    const folder = packageWith({ [FILE]: BEFORE, 'kept/lock.json': lockOf(AFTER) });
    symlinkSync('kept/lock.json', join(folder, LOCK));
    compileFile(BEFORE, join(folder, FILE), { lock: 'write' });
    expect(readFileSync(join(folder, 'kept/lock.json'), 'utf8')).toBe(
      readFileSync(join(folder, LOCK), 'utf8'),
    );
    expect(readFileSync(join(folder, LOCK), 'utf8')).not.toBe(lockOf(AFTER));
  });

  it('has no functions of tests, and none of files with errors', () => {
    const folder = packageWith({ 'src/order.test.ts': BEFORE, [FILE]: BEFORE.replace('async ', '') });
    for (const file of ['src/order.test.ts', FILE])
      compileFile(readFileSync(join(folder, file), 'utf8'), join(folder, file), { lock: 'write' });
    expect(existsSync(join(folder, LOCK)) && readFileSync(join(folder, LOCK), 'utf8')).toBe(false);
  });

  it('keeps the ids of a function that is gone, and gives them back', () => {
    const folder = packageWith({ [FILE]: AFTER, [LOCK]: lockOf(BEFORE, AFTER) });
    const other = AFTER.replace('order(', 'another(');
    writeFileSync(join(folder, FILE), other);
    compileFile(other, join(folder, FILE), { lock: 'write' });
    const read = readLockText(readFileSync(join(folder, LOCK), 'utf8'));
    const gone = 'lock' in read ? read.lock.get('shop/src/order.ts#order') : undefined;
    expect(gone).toMatchObject({ version: undefined, sites: [], scopes: [] });
    expect(gone?.retired.length).toBe(6);
    writeFileSync(join(folder, FILE), AFTER);
    compileFile(AFTER, join(folder, FILE), { lock: 'write' });
    expect(ids(folder)).toEqual(LOCKED);
  });

  it('has the names of another tool that stripped the types before', () => {
    const folder = packageWith({ [FILE]: AFTER, [LOCK]: lockOf(BEFORE, AFTER) });
    const stripped = ts.transpileModule(AFTER, { compilerOptions: OPTIONS }).outputText;
    const path = join(folder, FILE);
    const [direct, after] = [compileFile(AFTER, path), compileFile(stripped, path)];
    expect(after.diagnostics).toEqual([]);
    expect(after.functions.map(({ version }) => version)).toEqual(
      direct.functions.map(({ version }) => version),
    );
    expect(idsIn({ code: after.code, errors: [], watched: [] })).toEqual(
      idsIn({ code: direct.code, errors: [], watched: [] }),
    );
  });

  it('is whole whenever it is read while others write it', async () => {
    const folder = packageWith({ [FILE]: BEFORE });
    const place = placeOf(join(folder, FILE))!;
    const both = [lockFor(BEFORE, 'order.ts'), lockFor(AFTER, 'order.ts')].map((text) => {
      const read = readLockText(text);
      return 'lock' in read ? [...read.lock.values()] : [];
    });
    for (let round = 0; round < 50; round++) {
      updateLock(place, both[round % 2]!);
      expect(readLockText(readFileSync(join(folder, LOCK), 'utf8'))).toHaveProperty('lock');
    }
    expect(readdirSync(folder).sort()).toEqual([LOCK, 'package.json', 'src']);
  });

  it('is part of the cache key of Jest', () => {
    const folder = packageWith({ [FILE]: AFTER, [LOCK]: lockOf(AFTER) });
    const given = { configString: '', instrument: false, supportsStaticESM: true };
    const key = (): string => jest.getCacheKey(AFTER, join(folder, FILE), given);
    const before = key();
    expect(key()).toBe(before);
    writeFileSync(join(folder, LOCK), lockOf(BEFORE, AFTER));
    expect(key()).not.toBe(before);
  });

  it('changes the version of a file for builders that keep results, if its functions have changed', () => {
    const folder = packageWith({ [FILE]: AFTER, 'src/other.ts': 'export {};', [LOCK]: lockOf(AFTER) });
    const versions = (): readonly (string | undefined)[] => {
      const incremental = { ...OPTIONS, incremental: true, tsBuildInfoFile: join(folder, 'info') };
      const host = ts.createIncrementalCompilerHost(incremental);
      const program = ts.createProgram(
        [FILE, 'src/other.ts'].map((file) => join(folder, file)),
        incremental,
        host,
      );
      transformProgram(program, host, undefined, { ts });
      transformProgram(program, host, undefined, { ts });
      return [FILE, 'src/other.ts'].map(
        (file) => (program.getSourceFile(join(folder, file)) as unknown as { version?: string }).version,
      );
    };
    const before = versions();
    expect(versions()).toEqual(before);
    writeFileSync(join(folder, LOCK), lockOf(BEFORE, AFTER));
    const after = versions();
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).toBe(before[1]);
    rmSync(join(folder, LOCK));
    expect(versions()[0]).not.toBe(after[0]);
  });
});
