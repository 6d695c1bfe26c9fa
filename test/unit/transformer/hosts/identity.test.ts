import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../../../transformer/analyze.ts';
import { ProgramAnalyses } from '../../../../transformer/hosts/program-analyses.ts';
import { transform } from '../../../../transformer/index.ts';
import { lockText } from '../../../../transformer/lock/lock-text.ts';
import { compileInProcess } from '../../../support/compile-project.ts';
import { Project, tsconfig } from '../../../support/project.ts';

/** The same names of file and function in both packages. */
const sourceOf = (what: string): string => `import { sleep } from 'use-durable';
const say = async (text: string): Promise<string> => { console.log(text); return text; };
const survive = async (): Promise<void> => { if (process.argv[2] === 'start') process.kill(process.pid, 'SIGKILL'); };
export async function run(mortal: boolean): Promise<string> {
  'use durable';
  await say('${what} begins');
  await sleep(5);
  if (mortal) await survive();
  return await say('${what} ends');
}
`;
const DRIVER = `import { createRuntime, fileStore } from 'use-durable';
import * as billing from 'billing';
import * as mail from '@shop/mail';
const runtime = createRuntime({ store: fileStore('runs.db') });
if (process.argv[2] === 'start') {
  await runtime.start(billing.run, [false], { id: 'done' }).then((run) => run.result());
  const held = await runtime.start(billing.run, [true], { id: 'bill' });
  await held.result();
}
const handles = await runtime.recover();
for (const run of handles) console.log(run.id, await run.result());
console.log(JSON.stringify((await runtime.list()).map(({ id, fn }) => [id, fn])));
console.log(JSON.stringify((await runtime.list({ fn: 'billing/src/index.ts#run' })).map(({ id }) => id)));
await runtime.close();
`;

const packageJson = (name: string, format: string): string =>
  JSON.stringify({ name, type: format, exports: './out/index.js', types: './out/index.d.ts' });

const monorepo = (): Project => {
  const project = new Project('identity-monorepo', {
    'package.json': '{ "private": true, "workspaces": ["packages/*"] }',
    'packages/billing/package.json': packageJson('billing', 'module'),
    'packages/billing/tsconfig.json': tsconfig(),
    'packages/billing/src/index.ts': sourceOf('billing'),
    'packages/mail/package.json': packageJson('@shop/mail', 'commonjs'),
    'packages/mail/tsconfig.json': tsconfig(),
    'packages/mail/src/index.ts': sourceOf('mail'),
    'app/main.mjs': DRIVER,
    // All of the packages from one root.
    'tsconfig.json': JSON.stringify({
      ...JSON.parse(tsconfig({ rootDir: '.', outDir: 'all' })),
      include: ['packages/*/src'],
    }),
    'node_modules/@shop/.keep': '',
  });
  symlinkSync(join(project.folder, 'packages/billing'), join(project.folder, 'node_modules/billing'));
  symlinkSync(join(project.folder, 'packages/mail'), join(project.folder, 'node_modules/@shop/mail'));
  return project;
};

const idsIn = (project: Project, file: string): string[] => {
  const { output } = project.node('-p', `require('fs').readFileSync(${JSON.stringify(file)}, 'utf8')`);
  return [...output.matchAll(/"id": ?"([^"]*#run)"/g)].map(([, id]) => id ?? '');
};

describe('two packages with files and functions of the same names', () => {
  it('have two ids, from whatever folder they are compiled, and each goes on with its own runs', () => {
    const project = monorepo();
    for (const name of ['billing', 'mail'])
      expect(compileInProcess({ folder: join(project.folder, 'packages', name) })).toEqual([]);
    expect(idsIn(project, 'packages/billing/out/index.js')).toEqual(['billing/src/index.ts#run']);
    expect(idsIn(project, 'packages/mail/out/index.js')).toEqual(['@shop/mail/src/index.ts#run']);

    expect(compileInProcess(project)).toEqual([]);
    expect(idsIn(project, 'all/packages/billing/src/index.js')).toEqual(['billing/src/index.ts#run']);
    expect(idsIn(project, 'all/packages/mail/src/index.js')).toEqual(['@shop/mail/src/index.ts#run']);
    for (const path of ['packages/mail/src/index.ts', 'node_modules/@shop/mail/src/index.ts']) {
      const { functions } = transform(sourceOf('mail'), { fileName: join(project.folder, path) });
      expect(functions.map(({ id }) => id)).toEqual(['@shop/mail/src/index.ts#run']);
    }

    // What was started in one process and killed goes on in another.
    const start = (...args: string[]): { signal: string | null; lines: string[] } => {
      const { stdout, stderr, signal } = spawnSync(process.execPath, ['main.mjs', ...args], {
        cwd: join(project.folder, 'app'),
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      return { signal, lines: stdout.trim().split('\n') };
    };
    expect(start('start')).toEqual({
      signal: 'SIGKILL',
      lines: ['billing begins', 'billing ends', 'billing begins'],
    });
    expect(start().lines).toEqual([
      'billing ends',
      'bill billing ends',
      '[["done","billing/src/index.ts#run"],["bill","billing/src/index.ts#run"]]',
      '["done","bill"]',
    ]);
  });
});

describe('one text that a tool hands over alone, as `ts.transpileModule` does', () => {
  const PAY = `export async function pay(cents) {\n  'use durable';\n  return await charge(cents);\n}\n`;
  const analyzed = (files: Readonly<Record<string, string>>): Pick<Analysis, 'functions' | 'diagnostics'> => {
    const project = new Project('identity-one-text', { 'package.json': '{ "name": "one" }', ...files });
    const fileName = join(project.folder, 'src/pay.js');
    const sourceFile = ts.createSourceFile(fileName, PAY, ts.ScriptTarget.ES2023, true);
    // Its host says of every other file that it is empty.
    const host = { getSourceFile: () => sourceFile, readFile: () => '', fileExists: () => false } as const;
    const options = { allowJs: true, noLib: true, noResolve: true, suppressOutputPathCheck: true };
    const rest = {
      getCanonicalFileName: (name: string) => name,
      getCurrentDirectory: () => '',
    } as ts.CompilerHost;
    const whole = { ...rest, ...host, useCaseSensitiveFileNames: () => true, getNewLine: () => '\n' };
    const program = ts.createProgram([fileName], options, {
      ...whole,
      getDefaultLibFileName: () => 'lib.d.ts',
    });
    const analyses = new ProgramAnalyses(ts, program, whole, undefined, true);
    return analyses.of(sourceFile)!;
  };

  it('has the name of its package in its ids', () => {
    const { functions, diagnostics } = analyzed({});
    expect(diagnostics).toEqual([]);
    expect(functions.map(({ id }) => id)).toEqual(['one/src/pay.js#pay']);
  });

  it('has the lock of its package', () => {
    expect(analyzed({ 'durable.lock.json': lockText(new Map()) }).diagnostics).toEqual([]);
    const { diagnostics } = analyzed({ 'durable.lock.json': '{' });
    expect(diagnostics.map(({ code }) => code)).toEqual(['UD1017']);
  });
});
