/** Jest with ES modules: its transformer of this package, and ts-jest with the compiler of ts-patch. */
import { describe, expect, it } from 'vitest';
import { type Ended, Project } from './support/project.ts';

const PAY = `import { charge } from './charge.ts';
enum Kind { First = 1 }
interface Amount { readonly value: number }
export async function pay(amount: Amount): Promise<number> {
  'use durable';
  const one = await charge(Kind.First);
  if (amount.value > 100) throw new Error('too much');
  return one + (await charge(amount.value));
}
`;
const TEST = `import { expect, jest, test } from '@jest/globals';
import { createTestRuntime } from 'use-durable/testing';
jest.unstable_mockModule('./charge.ts', () => ({ charge: jest.fn(async (n: number) => n * 3) }));
const { pay } = await import('./pay.ts');
const { charge } = await import('./charge.ts');
test('pay', async () => {
  const runtime = createTestRuntime();
  const run = await runtime.start(pay, [{ value: 5 }]);
  expect(await run.result()).toBe(18);
  expect(charge).toHaveBeenCalledTimes(2);
  const refused = await runtime.start(pay, [{ value: 500 }]);
  const error = await refused.result().catch((error: Error) => error);
  expect((error as Error).stack).toContain('src/pay.ts:7:33)');
  await runtime.close();
});
`;
const OURS = { '\\.[cm]?[jt]sx?$': 'use-durable/jest' };
const TSCONFIG = {
  target: 'es2022',
  module: 'esnext',
  moduleResolution: 'bundler',
  allowImportingTsExtensions: true,
  noEmit: true,
  strict: true,
  esModuleInterop: true,
  skipLibCheck: true,
  types: ['node'],
  plugins: [{ transform: 'use-durable/tspc', transformProgram: true }],
};

function projectOf(name: string, transform: object = OURS): Project {
  const project = new Project(`jest/${name}`);
  const jest = { extensionsToTreatAsEsm: ['.ts'], cacheDirectory: 'cache', transform };
  project.write('package.json', JSON.stringify({ name: 'app', private: true, type: 'module', jest }));
  project.write(
    'src/charge.ts',
    'export const charge = async (value: number): Promise<number> => value * 2;\n',
  );
  project.write('src/pay.ts', PAY);
  project.write('src/pay.test.ts', TEST);
  return project;
}

const JEST = 'node_modules/jest/bin/jest.js';
const jest = (project: Project, ...args: readonly string[]): Ended =>
  project.node(['--experimental-vm-modules', `../../../${JEST}`, ...args]);

describe('use-durable/jest', () => {
  it('compiles and strips types: mocked steps, enums, stacks at the lines of the source; from its cache too', () => {
    const project = projectOf('plain');
    for (const _ of ['compiled', 'from the cache']) {
      const { status, errors } = jest(project);
      expect([status, errors]).toEqual([0, expect.stringContaining('1 passed')]);
    }
  });

  it.each(['babel', 'v8'])(
    'coverage by %s counts no branch that is not in the source, and keeps the lines',
    (provider) => {
      const project = projectOf(`coverage-${provider}`);
      const { status, output, errors } = jest(project, '--coverage', '--coverageProvider', provider);
      expect([status, errors]).toEqual([0, expect.stringContaining('1 passed')]);
      expect(output).toMatch(/ pay\.ts +\| +100 \| +100 \| +100 \| +100 \|/);
    },
  );

  it('compiles again where the source, the options of TypeScript or those of Jest change', () => {
    const project = projectOf('cache');
    const shown = (): string => {
      project.write(
        'src/pay.test.ts',
        `import { test } from '@jest/globals';\nimport { Field } from './field.ts';\nimport { pay } from './pay.ts';
test('shows', () => {\n  process.stderr.write('own:' + Object.hasOwn(new Field(), 'field') + ' ' + pay.toString().includes('unheard'));\n});\n`,
      );
      const { status, errors } = jest(project);
      expect([status, errors]).toEqual([0, expect.anything()]);
      return /own:\w+ \w+/.exec(errors)?.[0] ?? errors;
    };
    project.write('src/field.ts', 'export class Field {\n  field?: string;\n}\n');
    project.write(
      'base.json',
      JSON.stringify({ compilerOptions: { target: 'es2022', useDefineForClassFields: true } }),
    );
    project.write('tsconfig.json', '{ "extends": "./base.json" }');
    expect(shown()).toBe('own:true false');
    project.write(
      'base.json',
      JSON.stringify({ compilerOptions: { target: 'es2022', useDefineForClassFields: false } }),
    );
    expect(shown()).toBe('own:false false');
    project.write('src/pay.ts', PAY.replace('too much', 'unheard of'));
    expect(shown()).toBe('own:false true');
  });

  it('an error of a file fails the tests that load it, with its place and line', () => {
    const project = projectOf('error');
    project.write('src/pay.ts', PAY.replace('use durable', 'use durabel'));
    const { status, errors } = jest(project);
    expect(status).toBe(1);
    expect(errors).toContain('src/pay.ts:5:3 - error UD1001: ');
    expect(errors).toContain(`5 |   'use durabel';`);
  });

  it('a file with durable functions that Jest loads as CommonJS is refused, with the way out', () => {
    const project = projectOf('commonjs');
    project.write(
      'src/pay.test.ts',
      `import { pay } from './pay.ts';\ntest('pay', () => pay({ value: 1 }));\n`,
    );
    const { status, errors } = project.node([`../../../${JEST}`]);
    expect(status).toBe(1);
    expect(errors).toMatch(
      /src\/pay\.ts has durable functions, and Jest loads it as CommonJS.*--experimental-vm-modules .*"extensionsToTreatAsEsm".*routes\.md#jest/s,
    );
  });

  it('without it the runtime names the line', () => {
    const project = projectOf('forgotten', {});
    project.write(
      'src/pay.test.mjs',
      `import { createTestRuntime } from 'use-durable/testing';
const pay = async () => 1;
test('pay', async () => {\n  await (await createTestRuntime().start(pay, [])).result();\n});\n`,
    );
    const { status, errors } = jest(project, '--testMatch', '**/*.test.mjs');
    expect(status).toBe(1);
    expect(errors).toMatch(
      /The function "pay" was not compiled .*"transform": \{ "\\\\\.\[cm\]\?\[jt\]sx\?\$": "use-durable\/jest" \}/,
    );
  });
});

describe('ts-jest', () => {
  const transform = (options: object): object => ({ '\\.ts$': ['ts-jest', { useESM: true, ...options }] });

  it.each([
    ['a program that is checked', {}],
    ['isolatedModules', { isolatedModules: true }],
  ])('compiles with the compiler of ts-patch: %s', (name, options) => {
    const project = projectOf(name.replaceAll(' ', '-'), transform({ compiler: 'ts-patch/compiler' }));
    project.write('tsconfig.json', JSON.stringify({ compilerOptions: { ...TSCONFIG, ...options } }));
    const { status, errors } = jest(project);
    expect([status, errors]).toEqual([0, expect.stringContaining('1 passed')]);
  });

  it('with the plain compiler nothing is compiled: the runtime names the line', () => {
    const project = projectOf('plain-compiler', transform({}));
    project.write('tsconfig.json', JSON.stringify({ compilerOptions: TSCONFIG }));
    const { status, errors } = jest(project);
    expect(status).toBe(1);
    expect(errors).toMatch(
      /The function "pay" was not compiled .*ts-jest needs compiler: "ts-patch\/compiler"/,
    );
  });
});
