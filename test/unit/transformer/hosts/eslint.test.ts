import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import plugin from '../../../../transformer/hosts/eslint.ts';
import { STRICT } from '../../../support/typed.ts';

const FOLDER = fileURLToPath(new URL('../../../.tmp/eslint/', import.meta.url));
const WRONG = "export async function pay() {\n  'use durible';\n  return 1;\n}\n";
const LOST = `async function load() { return () => 1; }
export async function main() { 'use durable'; return (await load())() + process.pid; }
`;

interface Told {
  readonly message: string;
  readonly suggest?: readonly { readonly desc: string }[];
}

/** What a rule reports of a text. */
function lint(
  rule: keyof typeof plugin.rules,
  text: string,
  {
    filename = `${FOLDER}main.ts`,
    ...more
  }: { filename?: string; physicalFilename?: string; program?: unknown } = {},
): Told[] {
  const told: Told[] = [];
  const lines = ts.createSourceFile('text.ts', text, ts.ScriptTarget.ESNext);
  const { program, physicalFilename } = more;
  const visitors = plugin.rules[rule].create({
    filename,
    physicalFilename,
    sourceCode: {
      text,
      parserServices: { program },
      getLocFromIndex: (index) => {
        const { line, character } = lines.getLineAndCharacterOfPosition(index);
        return { line: line + 1, column: character };
      },
    },
    report: (found) => told.push(found),
  });
  visitors.Program?.({});
  const position = { line: 1, column: 0 };
  const loc = { start: position, end: position };
  const expression = { type: 'Literal', value: 'use durable' };
  if (text.includes("'use durable'")) visitors.ExpressionStatement?.({ loc, expression });
  return told;
}

const codes = (told: readonly Told[]): string[] => told.map(({ message }) => message.slice(0, 6));

describe('the rules', () => {
  const program = (text: string): ts.Program => {
    const name = `${FOLDER}main.ts`;
    const host = ts.createCompilerHost(STRICT, true);
    const { getSourceFile } = host;
    host.getSourceFile = (file, ...rest) =>
      file === name
        ? ts.createSourceFile(name, text, ts.ScriptTarget.ESNext, true)
        : getSourceFile(file, ...rest);
    return ts.createProgram([name], STRICT, host);
  };

  it('report the errors and the warnings apart', () => {
    expect(codes(lint('errors', WRONG))).toEqual(['UD1001']);
    expect(lint('warnings', WRONG)).toEqual([]);
    expect(codes(lint('warnings', LOST))).toEqual(['UD3009']);
  });

  it('use the types of the program that the parser has, for fixes too', () => {
    expect(lint('errors', LOST)).toEqual([]);
    expect(codes(lint('errors', LOST, { program: program(LOST) }))).toEqual(['UD4001']);
    expect(lint('warnings', LOST).map(({ suggest }) => suggest)).toEqual([[]]);
    const [typed] = lint('warnings', LOST, { program: program(LOST) });
    expect(typed?.suggest?.map(({ desc }) => desc)).toEqual(['Put it into a step']);
  });

  it('do without a program of another text, or of another TypeScript', () => {
    expect(codes(lint('errors', WRONG, { program: program(LOST) }))).toEqual(['UD1001']);
    const foreign = {
      getSourceFile: () => ({ kind: -1, text: LOST, endOfFileToken: { kind: -1 } }),
    };
    expect(lint('errors', LOST, { program: foreign })).toEqual([]);
    expect(codes(lint('warnings', LOST, { program: foreign }))).toEqual(['UD3009']);
  });

  it('take a text without a place', () => {
    expect(codes(lint('errors', WRONG, { filename: '<input>' }))).toEqual(['UD1001']);
  });

  it('leave files to the rule for what nothing compiles, and examples alone', () => {
    const text = "export async function pay() { 'use durable'; return process.pid; }";
    const places = [
      { filename: '/shop/Page.svelte' },
      { filename: '/shop/Page.astro/1.ts', physicalFilename: '/shop/Page.astro' },
    ];
    for (const place of places) {
      expect(lint('warnings', text, place)).toEqual([]);
      expect(lint('uncompiled', text, place).map(({ message }) => message)).toEqual([
        expect.stringMatching(/^'use durable' has no effect here: functions in \*\.(svelte|astro) files/),
      ]);
    }
    const example = { filename: '/shop/README.md/0.js', physicalFilename: '/shop/README.md' };
    for (const rule of ['errors', 'warnings', 'uncompiled'] as const)
      expect(lint(rule, text, example)).toEqual([]);
    expect(lint('uncompiled', text)).toEqual([]);
  });

  it('all are in the recommended configuration', () => {
    const { rules, plugins } = plugin.configs.recommended;
    expect(Object.keys(rules)).toEqual(Object.keys(plugin.rules).map((name) => `use-durable/${name}`));
    expect(plugins['use-durable'].rules).toBe(plugin.rules);
  });
});

it('the compiler is not loaded for files without a directive', () => {
  const entry = new URL('../../../../transformer/hosts/eslint.ts', import.meta.url);
  const program = `
    const { default: plugin } = await import(${JSON.stringify(entry.href)});
    const { createRequire } = await import('node:module');
    const require = createRequire(${JSON.stringify(entry.href)});
    const loaded = () => require.resolve('typescript') in require.cache;
    const lint = (text) => plugin.rules.errors.create({
      filename: '/shop/a.ts', sourceCode: { text, getLocFromIndex: () => 0 }, report() {},
    }).Program?.();
    lint('export const a = 1;');
    const before = loaded();
    lint("export async function a() { 'use durable'; }");
    console.log(before, loaded());`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(output.trim()).toBe('false true');
});
