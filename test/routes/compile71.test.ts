/** TypeScript 7.1.0-beta compiles whole projects, with the types of its own checker, as version 6 does. */
import { cpSync, globSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CompiledProject, compileProject } from '../../cli/compile/compile-project.ts';
import { itCompilesProjects } from '../unit/cli/support/compile-suite.ts';
import { Project } from './support/project.ts';
import { SEVEN_1 } from './support/typescript7.ts';

const tests = fileURLToPath(new URL('..', import.meta.url));
const SIX = join(tests, 'routes/node_modules/typescript');

describe('a project that has 7.1', () => {
  itCompilesProjects(SEVEN_1, '7.1.0-beta');
});

const SETS = ['fixtures/*/input.{ts,tsx,js,mts}', 'diagnostics/*/*.{ts,tsx}', 'good-code/**/*.ts'];

/** All of our own inputs as one project. */
function compiledWith(typescript: string, name: string): CompiledProject {
  const project = new Project(`typescript/whole-${name}`);
  for (const file of globSync(SETS, { cwd: tests })) {
    mkdirSync(dirname(project.path(file)), { recursive: true });
    cpSync(join(tests, file), project.path(file));
  }
  project.write('package.json', '{"name":"inputs","type":"module"}');
  project.write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        target: 'es2023',
        lib: ['es2023', 'esnext.disposable', 'dom'],
        module: 'nodenext',
        strict: true,
        noEmit: true,
        allowJs: true,
        jsx: 'preserve',
        types: ['node'],
        allowImportingTsExtensions: true,
        skipLibCheck: true,
      },
    }),
  );
  mkdirSync(project.path('node_modules'));
  symlinkSync(typescript, project.path('node_modules/typescript'), 'junction');
  return compileProject({ root: project.folder });
}

it('gives the functions and diagnostics of version 6 for each fixture, diagnostic and page of good code', {
  timeout: 300_000,
}, () => {
  const six = compiledWith(SIX, '6');
  const seven = compiledWith(SEVEN_1, '71');
  expect(six.typescript.version).toMatch(/^6\./);
  expect(seven.typescript.version).toBe('7.1.0-beta');
  expect(six.functions.length).toBeGreaterThan(350);
  expect(six.diagnostics.filter(({ code }) => /^UD4/.test(code)).length).toBeGreaterThan(30);
  const ours = ({ diagnostics }: CompiledProject): unknown =>
    diagnostics.filter(({ code }) => code.startsWith('UD'));
  expect(ours(seven)).toEqual(ours(six));
  const functions = (found: CompiledProject): unknown =>
    found.functions.map((one) => ({ ...one, record: one.record() }));
  expect(functions(seven)).toEqual(functions(six));
  expect(seven.files).toEqual(six.files);
});
