import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { tsconfig } from '../../support/project.ts';
import { FULL } from '../../support/tier.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'use-durable-pack-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(cwd: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  expect(status, `${command} ${args.join(' ')}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}

const PROGRAM = `import { createRuntime, fileStore, sleep, stepsOf } from 'use-durable';
async function greet(name: string): Promise<string> { return 'hello ' + name; }
export async function main(name: string): Promise<string> {
  'use durable';
  await sleep(5);
  return await greet(name);
}
const runtime = createRuntime({ store: fileStore('runs.db') });
const run = await runtime.start(main, ['world'], { id: 'first' });
console.log(await run.result(), stepsOf(main).map(({ id }) => id).join());
await runtime.close();
`;

/** What a project imports, without what only some targets and some kinds of modules have. */
const CONSUMER = `import { createHandler, createRuntime, fileStore, sleep, toNodeListener, withPolicy } from 'use-durable';
import { createTestRuntime } from 'use-durable/testing';
import { transform } from 'use-durable/transformer';
const greet = withPolicy(async (name: string): Promise<string> => 'hello ' + name, { retry: 3 });
export async function main(name: string): Promise<string> {
  'use durable';
  await sleep('5 ms');
  return await greet(name);
}
export async function run(): Promise<string> {
  const runtime = createRuntime({ store: fileStore('consumer.db'), retention: '30 days' });
  toNodeListener(createHandler(runtime, { functions: { main }, authorize: (action) => action.type === 'get' }));
  const result: string = await (await runtime.start(main, ['you'])).result();
  await runtime.close({ store: true });
  return result;
}
export const others: unknown = [createTestRuntime, transform];
`;

const WITHOUT_OPENTELEMETRY = `await import('use-durable/opentelemetry').catch(({ code, message }) =>
  console.log(code + ': ' + message.split(' imported ')[0]));`;

describe('the packed package', () => {
  // The build is there: `npm test` makes it first.
  const [packed] = JSON.parse(
    run(root, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder),
  ) as [{ readonly filename: string; readonly files: readonly { readonly path: string }[] }];

  it('works when installed into an empty project with its own TypeScript and ts-patch', {
    timeout: 240_000,
  }, () => {
    const project = join(folder, 'project');
    mkdirSync(join(project, 'src'), { recursive: true });
    writeFileSync(
      join(project, 'package.json'),
      JSON.stringify({
        name: 'user',
        private: true,
        type: 'module',
        dependencies: { 'use-durable': `file:${join(folder, packed.filename)}` },
        devDependencies: { typescript: '^6', 'ts-patch': '^4', '@types/node': '^24' },
      }),
    );
    writeFileSync(join(project, 'tsconfig.json'), tsconfig({ skipLibCheck: false }));
    writeFileSync(join(project, 'src/main.ts'), PROGRAM);
    run(project, 'npm', 'install', '--silent', '--prefer-offline');
    expect(run(project, process.execPath, 'node_modules/.bin/tspc', '-p', '.')).toBe('');
    expect(run(project, process.execPath, 'out/main.js').trim()).toBe('hello world sleep,greet');
    // Nothing but its own entry needs OpenTelemetry, and that says so.
    expect(run(project, process.execPath, '--input-type=module', '-e', WITHOUT_OPENTELEMETRY).trim()).toBe(
      "ERR_MODULE_NOT_FOUND: Cannot find package '@opentelemetry/api'",
    );
    // Started again, the same id is the same run: it has ended, and its result comes from the journal.
    expect(run(project, process.execPath, 'out/main.js').trim()).toBe('hello world sleep,greet');
  });

  // In the project that the test before has made.
  it
    .skipIf(!FULL)
    .each(
      ['es2022', 'es2023', 'es2024', 'es2025', 'esnext'].flatMap((target) =>
        ['module', 'commonjs'].map((type) => [target, type] as const),
      ),
    )('compiles where types are checked, for %s as %s', { timeout: 120_000 }, (target, type) => {
    const project = join(folder, 'project');
    const consumer = join(project, `consumer-${target}-${type}`);
    mkdirSync(join(consumer, 'src'), { recursive: true });
    writeFileSync(join(consumer, 'package.json'), JSON.stringify({ name: `${target}-${type}`, type }));
    writeFileSync(join(consumer, 'src/main.ts'), CONSUMER);
    const settings = { target, skipLibCheck: false };
    const compile = (name: string, options: object): void => {
      writeFileSync(join(consumer, 'tsconfig.json'), tsconfig({ ...settings, ...options }));
      expect(run(consumer, process.execPath, join(project, 'node_modules/.bin', name), '-p', '.')).toBe('');
    };
    // Nothing but the language; then with the library "dom"; then as the README says.
    compile('tsc', { lib: [target], types: [], noEmit: true });
    if (target !== 'es2022') return;
    compile('tsc', { lib: undefined, types: [], noEmit: true });
    compile('tspc', { lib: undefined });
    const program = `import('./out/main.js').then(({ run }) => run()).then(console.log)`;
    expect(run(consumer, process.execPath, '-e', program).trim()).toBe('hello you');
  });

  it('holds what it needs and nothing else', () => {
    expect(packed.filename).toMatch(/^use-durable-\d+\.\d+\.\d+\.tgz$/);
    const { files } = packed;
    const others = files
      .map(({ path }) => path)
      .filter((path) => !/^dist\/(runtime|transformer|cli)\//.test(path));
    const docs = others.filter((path) => path.startsWith('docs/'));
    expect(docs).toContain('docs/runtime.md');
    expect(docs.filter((path) => !/\.(md|svg)$/.test(path))).toEqual([]);
    expect(others.filter((path) => !docs.includes(path)).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'ls/index.cjs',
      'ls/package.json',
      'package.json',
    ]);
  });
});
