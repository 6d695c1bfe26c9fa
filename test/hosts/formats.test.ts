import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileInProcess } from '../support/compile-project.ts';
import { Project, tsconfig } from '../support/project.ts';

/**
 * One program in all the formats that it may be compiled to. Each of its functions is run to the end and once more
 * after a crash behind every event, and gives the same, with the same table, in every one of them.
 */
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

const program: Record<string, string> = Object.fromEntries(
  readdirSync(fileURLToPath(new URL('formats', import.meta.url))).map((name) => [
    `src/${name}`,
    read(`formats/${name}`),
  ]),
);

/** What every project of this file has installed. */
const packages: Readonly<Record<string, string>> = {
  'node_modules/run-everything/package.json': '{ "type": "module", "exports": "./index.js" }',
  'node_modules/run-everything/index.js': read('../support/run-everything.js'),
  'node_modules/run-everything/index.d.ts': read('../support/run-everything.d.ts'),
  'node_modules/tiny-jsx/package.json': '{ "type": "module", "exports": { "./*": "./index.js" } }',
  'node_modules/tiny-jsx/index.js':
    "export const jsx = (type, props) => (typeof type === 'function' ? type(props) : { type, ...props });\n" +
    'export const jsxs = jsx;\nexport const h = (type, props, ...children) => {\n' +
    '  const { key, ...rest } = props ?? {};\n  return jsx(type, { ...rest, children: children.length > 1 ? children : children[0] });\n};\n',
  'node_modules/tiny-jsx/index.d.ts':
    'export declare const jsx: (type: unknown, props: object) => unknown;\nexport declare const jsxs: typeof jsx;\n' +
    'export declare const h: (type: unknown, props: unknown, ...children: unknown[]) => unknown;\n' +
    'export declare namespace JSX { interface IntrinsicElements { [name: string]: object } ' +
    'interface ElementChildrenAttribute { children: unknown } interface IntrinsicAttributes { key?: string } }\n' +
    'export declare namespace h { export { JSX } }\n',
};

const MODULES = '{ "type": "module" }';
const COMMONJS = '{ "type": "commonjs" }';
const USUAL = { lib: ['esnext'], jsx: 'react-jsx', jsxImportSource: 'tiny-jsx' };

interface Format {
  readonly packageJson?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, string>>;
}

function build(name: string, { packageJson = MODULES, options = {}, files = program }: Format): Project {
  const project = new Project(`formats-${name.replace(/\W+/g, '-')}`, {
    ...packages,
    ...files,
    'package.json': packageJson,
    'tsconfig.json': tsconfig({ ...USUAL, ...options }),
  });
  expect(compileInProcess(project)).toEqual([]);
  return project;
}

const formats: Readonly<Record<string, Format>> = {
  es2015: { options: { target: 'es2015' } },
  es2016: { options: { target: 'es2016' } },
  es2017: { options: { target: 'es2017' } },
  es2018: { options: { target: 'es2018' } },
  es2020: { options: { target: 'es2020' } },
  // No engine runs decorators of the standard yet, and with this target they are left as they are.
  esnext: { options: { target: 'esnext', experimentalDecorators: true } },
  'decorators of old': { options: { experimentalDecorators: true, emitDecoratorMetadata: true } },
  'decorators of old, es2017': { options: { experimentalDecorators: true, target: 'es2017' } },
  'class fields defined': { options: { target: 'es2020', useDefineForClassFields: true } },
  'class fields assigned': { options: { useDefineForClassFields: false } },
  CommonJS: { packageJson: COMMONJS },
  'CommonJS, es2017': { packageJson: COMMONJS, options: { target: 'es2017' } },
  'module commonjs': { packageJson: COMMONJS, options: { module: 'commonjs', moduleResolution: 'bundler' } },
  'module node16': { options: { module: 'node16' } },
  'module es2022': { options: { module: 'es2022', moduleResolution: 'bundler' } },
  'module preserve': { options: { module: 'preserve' } },
  'isolated, verbatim': { options: { isolatedModules: true, verbatimModuleSyntax: true } },
  'every file a module': { packageJson: COMMONJS, options: { moduleDetection: 'force' } },
  'no checks': { options: { noCheck: true } },
  'without comments': { options: { removeComments: true, stripInternal: true } },
  'classic JSX': {
    options: { jsx: 'react', jsxFactory: 'h', jsxImportSource: undefined },
    files: {
      ...program,
      'src/view.tsx': `import { h } from 'tiny-jsx/h'; ${program['src/view.tsx']}`,
    },
  },
};

describe('one program in many formats', () => {
  let expected = '';

  beforeAll(() => {
    expected = build('es2022', {}).node('out/index.js').output;
  });

  it('gives what it is meant to', async () => {
    await expect(expected).toMatchFileSnapshot('formats.txt');
  });

  it.each(Object.entries(formats))('%s', (name, format) => {
    const { output } = build(name, format).node('out/index.js');
    expect(output).toBe(expected);
  });
});
