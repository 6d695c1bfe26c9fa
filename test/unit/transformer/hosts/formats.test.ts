import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compileInProcess } from '../../../support/compile-project.ts';
import { parsesUsing, requiresLinkedModules } from '../../../support/node-abilities.ts';
import { Project, tsconfig } from '../../../support/project.ts';
import { itInFull, sample } from '../../../support/tier.ts';

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
  'node_modules/run-everything/index.js': read('../../../support/run-everything.js'),
  'node_modules/run-everything/index.d.ts': read('../../../support/run-everything.d.ts'),
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
  // No engine runs decorators of the standard yet, and with this target they are left as they are. So is `using`.
  ...(parsesUsing && { esnext: { options: { target: 'esnext', experimentalDecorators: true } } }),
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

/** What the program prints in the usual format. */
let usual: string | undefined;
const formatted = (): string => (usual ??= build('es2022', {}).node('out/index.js').output);

describe('one program in many formats', () => {
  it('gives what it is meant to', async () => {
    await expect(formatted()).toMatchFileSnapshot('formats.txt');
  });

  it.each(sample(Object.entries(formats), 24))('%s', (name, format) => {
    const { output } = build(name, format).node('out/index.js');
    expect(output).toBe(formatted());
  });
});

const targets = ['es2017', 'es2018', 'es2019', 'es2020', 'es2021', 'es2022', 'es2023', 'es2024'];
// The program has a `using`, which this target leaves as it is.
if (parsesUsing) targets.push('esnext');
const modules: Readonly<Record<string, Format>> = {
  nodenext: { options: { module: 'nodenext' } },
  'nodenext to CommonJS': { packageJson: COMMONJS, options: { module: 'nodenext' } },
  esnext: { options: { module: 'esnext', moduleResolution: 'bundler' } },
  commonjs: { packageJson: COMMONJS, options: { module: 'commonjs', moduleResolution: 'bundler' } },
};
/** Decorators of the standard are left as they are there, and no engine runs them yet. */
const asIs = { esnext: { experimentalDecorators: true } } as Readonly<Record<string, object>>;

describe('every target with every kind of module', () => {
  const pairs = targets.flatMap((target) => Object.keys(modules).map((module) => [target, module] as const));

  itInFull.each(pairs)('%s, %s', (target, module) => {
    const { options, ...rest } = modules[module] ?? {};
    const format = { ...rest, options: { ...options, ...asIs[target], target } };
    const { output } = build(`${target} ${module}`, format).node('out/index.js');
    expect(output).toBe(formatted());
  });
});

/** CommonJS as people write it, in JavaScript that nobody checks. */
const commonjs: Readonly<Record<string, string>> = {
  'src/helper.js': 'exports.double = async (n) => n * 2;\n',
  'src/named.js': `#!/usr/bin/env node
'use strict';
const { sleep: pause } = require('use-durable');
const durable = require('use-durable');
const { double } = require('./helper.js');
async function main(n) {
  'use durable';
  await pause(1);
  await durable.sleep('1ms');
  return (await double(n)) + 1;
}
exports.main = main;
exports.arrow = async (n) => {
  'use durable';
  return await double(n);
};
exports.expression = exports.alias = async function own(n) {
  'use durable';
  return await /** @type {(n: number) => Promise<number>} */ (double)(n);
};
module.exports.member = async function (n) {
  'use durable';
  return await double(n);
};
exports.shop = {
  tax: 2,
  async run(n) {
    'use durable';
    return this.tax + (await double(n));
  },
};
`,
  'src/whole.js': `const { double } = require('./helper.js');
module.exports = async function whole(n) {
  'use durable';
  return await double(n);
};
`,
  'src/object.cjs': `const helper = require('./helper.js');
const local = async (n) => {
  'use durable';
  return await helper.double(n);
};
exports = module.exports = {
  async method(n) {
    'use durable as object-method';
    return await helper.double(n);
  },
  property: async (n) => {
    'use durable';
    return await helper.double(n);
  },
  local,
};
`,
  'src/file.js': `'use durable';
const { double } = require('./helper.js');
const first = async (n) => double(n);
async function hidden(n) {
  return double(n);
}
module.exports = { first, second: async (n) => await hidden(n), async third(n) { return await double(n); } };
`,
  'src/index.js': `const { runEverything } = require('run-everything');
const { main, arrow, expression, member, shop } = require('./named.js');
const whole = require('./whole.js');
const { method, property, local } = require('./object.cjs');
const { first, second, third } = require('./file.js');
const all = [main, arrow, expression, member, shop.run, whole, method, property, local, first, second, third];
void runEverything(all.map((fn) => [fn, [3]]));
`,
};

describe('CommonJS in JavaScript', () => {
  it.each(
    sample(
      [
        ['as the project is', {}],
        [
          'every file a module',
          { moduleDetection: 'force', module: 'commonjs', moduleResolution: 'bundler' },
        ],
        ['es2017', { target: 'es2017' }],
        ['module preserve', { module: 'preserve' }],
      ] as const,
      4,
    ),
  )('%s', (name, options) => {
    const project = build(`js ${name}`, {
      packageJson: COMMONJS,
      options: { allowJs: true, checkJs: false, ...options },
      files: commonjs,
    });
    const lines = project.node('out/index.js').output.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { name: 'main', result: 7, table: ['pause sleep 8:9', 'durable.sleep sleep 9:9', 'double step 10:17'] },
      { name: '', result: 6, table: ['double step 15:16'] },
      { name: 'own', result: 6, table: ['double step 19:62'] },
      { name: '', result: 6, table: ['double step 23:16'] },
      { name: 'run', result: 8, table: ['double step 29:30'] },
      { name: 'whole', result: 6, table: ['double step 4:16'] },
      { name: 'method', result: 6, table: ['helper.double step 9:18'] },
      { name: 'property', result: 6, table: ['helper.double step 13:18'] },
      { name: 'local', result: 6, table: ['helper.double step 4:16'] },
      { name: 'first', result: 6, table: ['double step 3:28'] },
      { name: 'second', result: 6, table: ['hidden step 7:54'] },
      { name: 'third', result: 6, table: ['double step 7:95'] },
    ]);
  });
});

/** All extensions side by side: ES modules and CommonJS in TypeScript and JavaScript, `import =` and `export =`. */
const mixed: Readonly<Record<string, string>> = {
  'src/steps.cts': 'export async function double(n: number): Promise<number> {\n  return n * 2;\n}\n',
  'src/whole.cts': `import durable = require('use-durable');
import steps = require('./steps.cjs');
async function whole(n: number): Promise<number> {
  'use durable';
  await durable.sleep(1);
  return await steps.double(n);
}
export = whole;
`,
  'src/object.cts': `import steps = require('./steps.cjs');
export = {
  tax: 1,
  async run(n: number): Promise<number> {
    'use durable';
    return this.tax + (await steps.double(n));
  },
};
`,
  'src/arrow.cts': `import steps = require('./steps.cjs');
export = async (n: number): Promise<number> => {
  'use durable as arrow';
  return await steps.double(n);
};
`,
  'src/module.mts': `import { double } from './steps.cjs';
export default (async function (n: number): Promise<number> {
  'use durable as module';
  return await double(n);
});
`,
  'src/script.mjs': `import { double } from './steps.cjs';
export const script = async (n) => {
  'use durable';
  return await double(n);
};
`,
  'src/part.jsx': `import { double } from './steps.cjs';
export async function part(n) {
  'use durable';
  return <b>{await double(n)}</b>;
}
`,
  // A byte order mark, line ends of Windows, double quotes, comments and other directives, names of all kinds.
  'src/odd.ts': `\uFEFF/* first */ "use strict"; // second\r
import { double as \\u0064ouble } from './steps.cjs';\r
export const \\u0061bc = async (größe: number): Promise<unknown> => {\r
  // before\r
  'use strict'; /* between */ "use durable";\r
  const \u{2070E} = await double(größe);\r
  return [\u{2070E}, await d\\u006fuble(1)];\r
};\r
`,
  // A Node with that fault needs the module evaluated before CommonJS requires it; see docs/deployment.md.
  'src/index.mts': `${requiresLinkedModules() ? '' : "import 'use-durable/compiled';\n"}import { runEverything } from 'run-everything';
import arrow from './arrow.cjs';
import fromModule from './module.mjs';
import object from './object.cjs';
import { abc } from './odd.js';
import { part } from './part.js';
import { script } from './script.mjs';
import whole from './whole.cjs';
await runEverything([whole, object.run, arrow, fromModule, script, part, abc].map((fn) => [fn, [3]]));
`,
};

describe('all extensions side by side', () => {
  const options = { allowJs: true, checkJs: false, outDir: 'out' };
  const expected = [
    { name: 'whole', result: 6, table: ['durable.sleep sleep 5:9', 'steps.double step 6:16'] },
    { name: 'run', result: 7, table: ['steps.double step 6:30'] },
    { name: '', result: 6, table: ['steps.double step 4:16'] },
    { name: 'default', result: 6, table: ['double step 4:16'] },
    { name: 'script', result: 6, table: ['double step 4:16'] },
    { name: 'part', result: { type: 'b', children: 6 }, table: ['double step 4:20'] },
    { name: 'abc', result: [6, 2], table: ['double step 6:20', 'double#2 step 7:21'] },
  ];

  it.each(
    sample(
      [
        ['nodenext', {}],
        ['node20, es2017', { module: 'node20', target: 'es2017' }],
        ['isolated', { isolatedModules: true }],
      ] as const,
      2,
    ),
  )('%s', (name, more) => {
    const project = build(`mixed ${name}`, { options: { ...options, ...more }, files: mixed });
    const lines = project.node('out/index.mjs').output.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject(expected);
  });
});

describe('JSX that is preserved', () => {
  it('is left for the next tool, with the steps in it', () => {
    const project = build('jsx preserve', {
      options: { jsx: 'preserve' },
      files: {
        'src/steps.ts': program['src/steps.ts'] ?? '',
        'src/view.tsx': program['src/view.tsx'] ?? '',
      },
    });
    const output = readFileSync(`${project.folder}/out/view.jsx`, 'utf8');
    expect(output).toContain('<Price key="a" n={await $.call("double", double)(n)}/>');
    expect(output).toContain('await $.call("double#2", double)(1)}`}>{all}</p>');
  });
});
