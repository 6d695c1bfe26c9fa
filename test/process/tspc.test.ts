import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Project, tsconfig } from '../support/project.ts';
import { itInFull, sample } from '../support/tier.ts';

const GOOD = `import { stepsOf, createRuntime, memoryStore, sleep } from 'use-durable';
class Refused extends Error { readonly reason = 'no'; }
async function double(x: number): Promise<number> { if (x < 0) throw new Refused('negative'); return x * 2; }
export async function main(n: number): Promise<number | string> {
  'use durable';
  await sleep(1);
  try {
    return (await double(n)) + (await double(n + 1));
  } catch (error) {
    return error instanceof Refused ? error.reason : 'other';
  }
}
export const arrow = async (n: number): Promise<number> => {
  'use durable';
  return await double(n);
};
const runtime = createRuntime({ store: memoryStore() });
const results = [];
for (const n of [1, -5]) results.push(await (await runtime.start(main, [n])).result());
results.push(await (await runtime.start(arrow, [4])).result());
console.log(JSON.stringify({ results, steps: stepsOf(main).map(({ id }) => id), name: arrow.name, length: main.length }));
await runtime.close();
`;
const GOOD_OUTPUT = '{"results":[6,"no",8],"steps":["sleep","double","double#2"],"name":"arrow","length":1}';
const BAD = "export function bad() {\n  'use durable';\n}\n";
const ESM = '{ "name": "@shop/app", "type": "module" }';

const OLD = 'ES modules for a target without await';

/** One of everything that has a declaration. */
const DECLARED = `import { registerClass } from 'use-durable';
async function load<T>(value: T): Promise<T> { return value; }
/** Doubles. */
export async function over(n: number): Promise<number>;
export async function over(n: string): Promise<string>;
export async function over(n: number | string): Promise<number | string> {
  'use durable';
  return await load(n);
}
export const arrow = async <T extends object>(value: T, ...rest: readonly number[]): Promise<[T, number]> => {
  'use durable';
  return [await load(value), rest.length];
};
export const shop = { async run(this: { tax: number }, n = 1) { 'use durable'; return await load(n); }, tax: 1 };
export class Order<T> {
  constructor(protected readonly value: T) {}
  static async all() { 'use durable'; return await load(1); }
  async checkout() { 'use durable'; return await load(this.value); }
  /** @internal */
  hidden = 1;
}
registerClass(Order);
export namespace Space {
  export async function inner() { 'use durable'; return await load('x'); }
}
export default async function () { 'use durable'; return await load(true); }
`;

/** As `tsconfig`, for a project in a folder of its own. */
const tsconfigOf = (options: Readonly<Record<string, unknown>>, references: readonly object[] = []): string =>
  JSON.stringify({ ...JSON.parse(tsconfig(options)), include: ['*.ts'], references });

const tool = (name: string): string =>
  fileURLToPath(new URL(`../../node_modules/.bin/${name}`, import.meta.url));

/** What a compiler under --watch prints, one report for each time that it is done. */
async function* reportsOf(output: AsyncIterable<Buffer>): AsyncGenerator<string, string> {
  let report = '';
  for await (const chunk of output) {
    report += chunk.toString();
    if (!/Watching for file changes/.test(report)) continue;
    yield report;
    report = '';
  }
  return report;
}

describe('tspc', () => {
  it.each(
    sample(
      [
        ['ES modules', ESM, {}, GOOD],
        [
          'CommonJS',
          '{ "type": "commonjs" }',
          {},
          GOOD.replace('const runtime', 'void (async () => {\nconst runtime').replace(
            /close\(\);\n$/,
            'close();\n})();\n',
          ),
        ],
      ] as const,
      2,
    ),
  )('compiles to %s that run', (name, packageJson, options, source) => {
    const project = new Project(`tspc-${name.replace(/\W+/g, '-')}`, {
      'package.json': packageJson,
      'tsconfig.json': tsconfig(options),
      'src/main.ts': source,
    });
    expect(project.tool('tspc', '-p', '.')).toEqual({ status: 0, output: '' });
    expect(project.node('out/main.js').output.trim()).toBe(GOOD_OUTPUT);
  });

  itInFull('reports its diagnostics like those of the compiler, with --noEmit too', () => {
    const project = new Project('tspc-no-emit', {
      'package.json': ESM,
      'tsconfig.json': tsconfig(),
      'src/bad.ts': BAD,
    });
    const { status, output } = project.tool('tspc', '-p', '.', '--noEmit');
    expect(status).not.toBe(0);
    expect(output).toMatch(/^src\/bad\.ts\(2,3\): error TS991003: UD1003: A durable function must be async/);
    expect(existsSync(join(project.folder, 'out'))).toBe(false);
  });

  itInFull('writes nothing with --noEmitOnError', () => {
    const project = new Project('tspc-no-emit-on-error', {
      'package.json': ESM,
      'tsconfig.json': tsconfig({ noEmitOnError: true }),
      'src/bad.ts': BAD,
    });
    expect(project.tool('tspc', '-p', '.').output).toContain('UD1003');
    expect(existsSync(join(project.folder, 'out/bad.js'))).toBe(false);
  });

  itInFull('reports again in incremental builds, and compiles once the mistake is gone', () => {
    const project = new Project('tspc-incremental', {
      'package.json': ESM,
      'tsconfig.json': tsconfig({ incremental: true }),
      'src/bad.ts': BAD,
      'src/other.ts': 'export const other = 1;\n',
    });
    expect(project.tool('tspc', '-p', '.').output).toContain('UD1003');
    project.write('src/other.ts', 'export const other = 2;\n');
    expect(project.tool('tspc', '-p', '.').output).toContain('UD1003');
    project.write('src/bad.ts', BAD.replace('export function', 'export async function'));
    expect(project.tool('tspc', '-p', '.')).toEqual({ status: 0, output: '' });
    expect(readFileSync(join(project.folder, 'out/bad.js'), 'utf8')).toContain('$durable.enter');
  });

  itInFull('leaves declarations and their maps as plain tsc writes them', () => {
    const files = {
      'package.json': ESM,
      'tsconfig.json': tsconfig({ declaration: true, declarationMap: true, stripInternal: true }),
      'src/main.ts': DECLARED,
    };
    const [ours, plain] = [
      new Project('tspc-declaration-maps', files),
      new Project('tsc-declaration-maps', files),
    ];
    expect(ours.tool('tspc', '-p', '.')).toEqual({ status: 0, output: '' });
    expect(plain.tool('tsc', '-p', '.')).toEqual({ status: 0, output: '' });
    for (const file of ['out/main.d.ts', 'out/main.d.ts.map']) {
      expect(readFileSync(join(ours.folder, file), 'utf8')).toBe(
        readFileSync(join(plain.folder, file), 'utf8'),
      );
    }
    expect(readFileSync(join(ours.folder, 'out/main.js'), 'utf8')).toContain('$durable.enter');
  });

  it.each(
    sample(
      [
        ['ES modules', ESM, { sourceMap: true }],
        ['CommonJS', '{ "type": "commonjs" }', { inlineSourceMap: true, inlineSources: true }],
        [OLD, ESM, { sourceMap: true, target: 'es2015', lib: ['esnext'] }],
      ] as const,
      3,
    ),
  )('keeps lines and columns of stack traces in %s', (name, packageJson, options) => {
    const project = new Project(`tspc-source-map-${name.replace(/\W+/g, '-')}`, {
      'package.json': packageJson,
      'tsconfig.json': tsconfig(options),
      'src/main.ts': [
        "import { createRuntime, memoryStore } from 'use-durable';",
        'async function load(): Promise<number> { return 1; }',
        'export async function main(): Promise<void> {',
        "  'use durable';",
        '  const value = await load();',
        "  const check = async (n: number) => { if ((await load()) === n) throw new Error('here'); };",
        '  await check(value);',
        '}',
        'void (async () => {',
        '  const run = await createRuntime({ store: memoryStore() }).start(main, []);',
        '  await run.result().catch((error: Error) => console.log(error.stack));',
        '})();',
      ].join('\n'),
    });
    expect(project.tool('tspc', '-p', '.')).toEqual({ status: 0, output: '' });
    const { output } = project.node('--enable-source-maps', 'out/main.js');
    expect(output).toMatch(/main\.ts:6:72\b/);
    // What awaits it is in the stack where the engine knows of `await`.
    if (name !== OLD) expect(output).toMatch(/main\.ts:7:(3|9)\b/);
  });

  itInFull(
    'builds projects that refer to each other, and names files from the folder of their package',
    () => {
      const composite = { composite: true, target: 'es2022', rootDir: '.', outDir: undefined };
      const project = new Project('tspc-references', {
        'package.json': ESM,
        'tsconfig.json': JSON.stringify({ files: [], references: [{ path: './app' }] }),
        'library/tsconfig.json': tsconfigOf(composite),
        'library/steps.ts':
          "export async function child(n: number): Promise<number> {\n  'use durable';\n  return await twice(n);\n}\nasync function twice(n: number): Promise<number> {\n  return n * 2;\n}\n",
        'app/tsconfig.json': tsconfigOf(composite, [{ path: '../library' }]),
        'app/main.ts': [
          "import { createRuntime, memoryStore } from 'use-durable';",
          "import { child } from '../library/steps.js';",
          "export async function main(n: number): Promise<number> {\n  'use durable';\n  return (await child(n)) + 1;\n}",
          'const runtime = createRuntime({ store: memoryStore() });',
          'console.log(await (await runtime.start(main, [4])).result());',
          'await runtime.close();',
        ].join('\n'),
      });
      expect(project.tool('tspc', '-b')).toEqual({ status: 0, output: '' });
      expect(project.node('app/main.js').output).toBe('9\n');
      expect(readFileSync(join(project.folder, 'library/steps.js'), 'utf8')).toContain(
        '"package": "@shop/app", "file": "library/steps.ts"',
      );
      // Only what changed is built again.
      project.write(
        'library/steps.ts',
        "export async function child(): Promise<number> {\n  'use durable';\n  return 0;\n}\n",
      );
      expect(project.tool('tspc', '-b').output).toContain('TS2554');
    },
  );

  itInFull('compiles a file again that changes under --watch', async () => {
    const project = new Project('tspc-watch', {
      'package.json': ESM,
      'tsconfig.json': tsconfig(),
      'src/main.ts': BAD,
    });
    const watcher = spawn(process.execPath, [tool('tspc'), '-p', '.', '--watch', '--preserveWatchOutput'], {
      cwd: project.folder,
    });
    const reports = reportsOf(watcher.stdout);
    try {
      expect((await reports.next()).value).toContain('UD1003');
      project.write('src/main.ts', BAD.replace('export function', 'export async function'));
      expect((await reports.next()).value).toContain('Found 0 errors');
      const compiled = readFileSync(join(project.folder, 'out/main.js'), 'utf8');
      expect(compiled).toContain('"id": "@shop/app/src/main.ts#bad"');
      project.write('src/main.ts', BAD.replace('function bad', 'async function better'));
      expect((await reports.next()).value).toContain('Found 0 errors');
      expect(readFileSync(join(project.folder, 'out/main.js'), 'utf8')).toContain(
        '"id": "@shop/app/src/main.ts#better"',
      );
    } finally {
      watcher.kill();
    }
  });

  itInFull('says what is missing when plain tsc was used', () => {
    const project = new Project('plain-tsc', {
      'package.json': ESM,
      'tsconfig.json': tsconfig(),
      'src/main.ts': GOOD,
    });
    expect(project.tool('tsc', '-p', '.').status).toBe(0);
    const { status, output } = project.node('out/main.js');
    expect(status).toBe(1);
    expect(output).toMatch(/NotCompiledError: .*"transform": "use-durable\/tspc"/);
  });
});
