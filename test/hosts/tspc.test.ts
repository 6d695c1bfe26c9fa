import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Project, tsconfig } from '../support/project.ts';

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
const ESM = '{ "type": "module" }';

describe('tspc', () => {
  it.each([
    ['ES modules', ESM, {}, GOOD],
    [
      'isolatedModules and verbatimModuleSyntax',
      ESM,
      { isolatedModules: true, verbatimModuleSyntax: true },
      GOOD,
    ],
    ['an old target', ESM, { target: 'es2017', lib: ['es2023', 'esnext.disposable'] }, GOOD],
    ['ESNext and class fields', ESM, { target: 'esnext', useDefineForClassFields: true }, GOOD],
    [
      'CommonJS',
      '{ "type": "commonjs" }',
      {},
      GOOD.replace('const runtime', 'void (async () => {\nconst runtime').replace(
        /close\(\);\n$/,
        'close();\n})();\n',
      ),
    ],
  ])('compiles to %s that run', (name, packageJson, options, source) => {
    const project = new Project(`tspc-${name.replace(/\W+/g, '-')}`, {
      'package.json': packageJson,
      'tsconfig.json': tsconfig(options),
      'src/main.ts': source,
    });
    expect(project.tool('tspc', '-p', '.')).toEqual({ status: 0, output: '' });
    expect(project.node('out/main.js').output.trim()).toBe(GOOD_OUTPUT);
  });

  it('reports its diagnostics like those of the compiler, with --noEmit too', () => {
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

  it('writes nothing with --noEmitOnError', () => {
    const project = new Project('tspc-no-emit-on-error', {
      'package.json': ESM,
      'tsconfig.json': tsconfig({ noEmitOnError: true }),
      'src/bad.ts': BAD,
    });
    expect(project.tool('tspc', '-p', '.').output).toContain('UD1003');
    expect(existsSync(join(project.folder, 'out/bad.js'))).toBe(false);
  });

  it('reports again in incremental builds, and compiles once the mistake is gone', () => {
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

  it('leaves declarations as they were', () => {
    const project = new Project('tspc-declarations', {
      'package.json': ESM,
      'tsconfig.json': tsconfig({ declaration: true }),
      'src/main.ts':
        "export async function main(n: number): Promise<string> {\n  'use durable';\n  return String(n);\n}\n",
    });
    expect(project.tool('tspc', '-p', '.').status).toBe(0);
    expect(readFileSync(join(project.folder, 'out/main.d.ts'), 'utf8')).toBe(
      'export declare function main(n: number): Promise<string>;\n',
    );
  });

  it('keeps the lines of stack traces through its source map', () => {
    const project = new Project('tspc-source-map', {
      'package.json': ESM,
      'tsconfig.json': tsconfig({ sourceMap: true }),
      'src/main.ts': [
        "import { createRuntime, memoryStore } from 'use-durable';",
        'async function load(): Promise<number> { return 1; }',
        'export async function main(): Promise<void> {',
        "  'use durable';",
        '  const value = await load();',
        "  if (value === 1) throw new Error('here');",
        '}',
        'const run = await createRuntime({ store: memoryStore() }).start(main, []);',
        'await run.result().catch((error: Error) => console.log(error.stack));',
      ].join('\n'),
    });
    expect(project.tool('tspc', '-p', '.').status).toBe(0);
    expect(project.node('--enable-source-maps', 'out/main.js').output).toMatch(/main\.ts:6:26/);
  });

  it('says what is missing when plain tsc was used', () => {
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
