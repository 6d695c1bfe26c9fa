import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { type TransformResult, transform } from '../../../transformer/index.ts';

const SOURCE = `import { sleep } from 'use-durable';
import { charge, db } from './charge.js';
import mail from './mail.js';
const helper = async (n: number): Promise<number> => n;
export async function run(n: number = 1): Promise<number> {
  'use durable';
  const paid = await charge(n);
  await sleep(5);
  await db.users.insert(paid);
  await mail.send(paid);
  return await helper(paid);
}
export const arrow = async (n: number) => {
  'use durable';
  return await charge(n);
};
`;

const compile = (code: string, fileName = 'input.js'): TransformResult => transform(code, { fileName });
const idsOf = ({ functions }: TransformResult): unknown =>
  functions.map(({ id, steps }) => [id, steps.map((step) => step.id)]);
const codesOf = ({ diagnostics }: TransformResult): string[] => diagnostics.map(({ code }) => code);

const OURS = compile(SOURCE, 'input.ts').code;
const IDS = idsOf(compile(SOURCE, 'input.ts'));

const build =
  (options: esbuild.TransformOptions) =>
  (code: string): string =>
    esbuild.transformSync(code, { loader: 'ts', ...options }).code;
const typescript =
  (options: ts.CompilerOptions) =>
  (code: string): string =>
    ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.ESNext, ...options } }).outputText;
const bundle =
  (options: esbuild.BuildOptions) =>
  (code: string): string => {
    const result = esbuild.buildSync({
      stdin: {
        contents: code,
        loader: 'ts',
        sourcefile: 'src/input.ts',
        resolveDir: fileURLToPath(new URL('.', import.meta.url)),
      },
      bundle: true,
      format: 'esm',
      packages: 'external',
      external: ['./*'],
      write: false,
      ...options,
    });
    return result.outputFiles?.[0]?.text ?? '';
  };

const ES2022 = ts.ScriptTarget.ES2022;

/** Tools that change names, or what is called. */
const CHANGING: Readonly<Record<string, (code: string) => string>> = {
  'esbuild to CommonJS': build({ format: 'cjs' }),
  'esbuild to ES2015': build({ target: 'es2015' }),
  'esbuild, minified': build({ minify: true, format: 'esm' }),
  'esbuild, minified, to CommonJS': build({ minify: true, format: 'cjs' }),
  'esbuild, names alone minified': build({ minifyIdentifiers: true, format: 'esm' }),
  'esbuild, with names kept': build({ keepNames: true, format: 'esm' }),
  'esbuild, minified as a bundle': bundle({ minify: true }),
  'TypeScript to CommonJS': typescript({ target: ES2022, module: ts.ModuleKind.CommonJS }),
  'TypeScript to ES2015': typescript({ target: ts.ScriptTarget.ES2015 }),
  'TypeScript, with a source map': typescript({ target: ES2022, sourceMap: true }),
  'TypeScript with helpers elsewhere': typescript({ target: ts.ScriptTarget.ES2015, importHelpers: true }),
};

/** Tools that leave ids as they are. */
const KEEPING: Readonly<Record<string, (code: string) => string>> = {
  'esbuild to JavaScript': build({ format: 'esm' }),
  'esbuild, without spaces': build({ minifyWhitespace: true, minifySyntax: true, format: 'esm' }),
  'TypeScript to JavaScript': typescript({ target: ES2022 }),
};

describe('code that another tool has compiled before', () => {
  it.each(Object.entries(CHANGING))('is refused: %s', (_, tool) => {
    const result = compile(tool(SOURCE));
    expect(codesOf(result)).toEqual(['UD1013']);
    expect(result.functions).toEqual([]);
    // What should be durable throws, and never runs as if it were plain.
    expect(result.code.match(/\$durable\.refuse\(|NotCompiledError/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it.each(Object.entries(KEEPING))('has the same ids: %s', (_, tool) => {
    const result = compile(tool(SOURCE));
    expect(codesOf(result)).toEqual([]);
    expect(idsOf(result)).toEqual(IDS);
  });

  it.each([
    [
      'SWC to CommonJS',
      `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
Object.defineProperty(exports, "run", { enumerable: true, get: function() { return run; } });
const _charge = require("./charge");
async function run(n) { "use durable"; return await (0, _charge.charge)(n); }
`,
    ],
    [
      'SWC to ES5',
      `import { _ as _async_to_generator } from "@swc/helpers/_/_async_to_generator";
import { charge } from "./charge";
export function run(n) { return _async_to_generator(function() { "use durable"; return 1; })(); }
`,
    ],
    [
      'Babel',
      `import _asyncToGenerator from "@babel/runtime/helpers/asyncToGenerator";
export function run(_x) { return _run.apply(this, arguments); }
function _run() {
  _run = _asyncToGenerator(function* (n) { 'use durable'; return yield charge(n); });
  return _run.apply(this, arguments);
}
`,
    ],
    [
      'a converter with helpers of its own',
      "export const run = wrapAsync(function* () {\n  'use durable';\n  yield 1;\n});\n",
    ],
    [
      'calls of what was imported',
      "const m = require('./m');\nexport async function run(n) {\n  'use durable';\n  return await (0, m.charge)(n);\n}\n",
    ],
    [
      'a directive at the top',
      "'use durable';\nconst t = __importStar(require('./t'));\nexports.run = async function run() { await t.a(); };\n",
    ],
  ])('is refused: %s', (_, code) => {
    expect(codesOf(compile(code))).toEqual(['UD1013']);
  });

  it.each([
    [
      'no directive is there',
      "const a = __toESM(require('a'));\nexport async function run() { await (0, a.b)(); }\n",
    ],
    [
      'helpers are called by name',
      "import { b as a, d as longer } from './b.js';\nexport async function run() {\n  'use durable';\n  await a();\n}\n",
    ],
    [
      'one import has a short name',
      "import { charge as c } from './b.js';\nexport async function run() {\n  'use durable';\n  await c();\n}\n",
    ],
    [
      'short names in the layout of people',
      "export async function f() {\n  'use durable';\n  await a();\n  await b();\n}\n",
    ],
    [
      'a file begins with its path',
      "// src/main.ts\nexport async function run() {\n  'use durable';\n  await a();\n}\n",
    ],
    [
      'it speaks of source maps',
      "// the end has sourceMappingURL=x\nexport async function run() {\n  'use durable';\n  await a();\n}\n",
    ],
  ])('is not assumed where %s', (_, code) => {
    expect(codesOf(compile(code, 'input.ts'))).toEqual([]);
  });
});

describe('what is compiled already', () => {
  const tools = { 'nothing else': (code: string) => code, ...CHANGING, ...KEEPING };

  it.each(Object.entries(tools))('is left as it is: %s', (_, tool) => {
    for (const end of ['', '\n//# sourceMappingURL=input.js.map\n']) {
      const code = tool(OURS) + end;
      expect(compile(code)).toEqual({ code, map: null, functions: [], diagnostics: [] });
    }
  });

  it('is left as it is where the directive stood at the top of the file', () => {
    const whole = compile(`'use durable';\n${SOURCE.replaceAll("  'use durable';\n", '')}`, 'input.ts').code;
    for (const tool of Object.values(tools)) {
      const code = tool(whole);
      expect(compile(code)).toEqual({ code, map: null, functions: [], diagnostics: [] });
    }
  });

  it('is left as it is where it was refused', () => {
    const refused = compile("export function run() {\n  'use durable';\n}\n").code;
    expect(refused).toContain('$durable.refuse(');
    expect(compile(refused)).toEqual({ code: refused, map: null, functions: [], diagnostics: [] });
  });

  it('is told from what is not compiled in the same file', () => {
    const result = compile(
      `${OURS}export async function later() {\n  'use durable';\n  await helper(1);\n}\n`,
      'input.ts',
    );
    expect(codesOf(result)).toEqual([]);
    expect(idsOf(result)).toEqual([['later', ['helper']]]);
    expect(result.code.match(/\$durable_?\.enter\(/g)?.length).toBe(3);
  });

  it('is told by the table that it uses, not by its name', () => {
    const table = '{"id":"a","file":"a.js","line":1,"column":1,"steps":[]}';
    const result = compile(
      `import * as r from 'use-durable/compiled';\nvar t = r.define(${table});\n` +
        "export async function run(t) {\n  'use durable';\n  await pay(t);\n}\n",
    );
    expect(idsOf(result)).toEqual([['run', ['pay']]]);
  });
});
