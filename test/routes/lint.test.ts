/** The rules in a real ESLint and a real oxlint. */
import { cpSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { transform } from '../../transformer/index.ts';
import { fixtures } from '../support/fixtures.ts';
import { isTyped } from '../support/typed.ts';
import { Project } from './support/project.ts';

const MISTAKES = fileURLToPath(new URL('../diagnostics/', import.meta.url));

const CONFIG = `
import tseslint from 'typescript-eslint';
import useDurable from 'use-durable/eslint';

export default [
  { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } },
  {
    files: ['typed/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  },
  // What a parser for components hands over: the script of a file that is something else.
  { files: ['**/*.svelte'], languageOptions: { parser: await import('./svelte-parser.js') } },
  { files: ['**/*.md'], processor: { preprocess: (text) => [{ text, filename: '0.js' }], postprocess: (lists) => lists.flat() } },
  useDurable.configs.recommended,
];
`;

const SVELTE_PARSER = `
import { parse } from 'espree';
export const parseForESLint = (text) => {
  const script = text.replace(/<[^>]*>/g, (tag) => ' '.repeat(tag.length));
  return { ast: parse(script, { range: true, loc: true, tokens: true, comment: true, ecmaVersion: 2024, sourceType: 'module' }) };
};
`;

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowJs: true,
    allowImportingTsExtensions: true,
    types: ['node'],
    plugins: [{ transform: 'use-durable/tspc', transformProgram: true }],
  },
  include: ['typed'],
});

interface Message {
  readonly ruleId: string | null;
  readonly severity: 1 | 2;
  readonly line: number;
  readonly column: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  readonly message: string;
  readonly suggestions?: readonly {
    readonly desc: string;
    readonly fix: { readonly range: [number, number]; readonly text: string };
  }[];
}

const project = new Project('lint');
const MAIN = `import { charge } from './steps.js';

export async function pay(cents) {
  'use durible';
  return await charge(cents, process.env.RATE);
}
`;

const PAGE = `<script>\n${MAIN.replace('durible', 'durable')}</script>\n`;

function eslint(...args: readonly string[]): Map<string, readonly Message[]> {
  const { output, errors } = project.bin('eslint/bin/eslint.js', ['--format', 'json', ...args]);
  if (!output.startsWith('[')) throw new Error(errors);
  const results = JSON.parse(output) as {
    readonly filePath: string;
    readonly messages: readonly Message[];
  }[];
  return new Map(
    results.map(({ filePath, messages }) => [filePath.slice(project.folder.length + 1), messages]),
  );
}

/** What is reported by our rules, as `file line:column UD1001`. */
const shown = (results: ReadonlyMap<string, readonly Message[]>): string[] =>
  [...results]
    .flatMap(([file, messages]) =>
      messages
        .filter(({ ruleId }) => ruleId?.startsWith('use-durable'))
        .map(({ line, column, message }) => `${file} ${line}:${column} ${message.slice(0, 6)}`),
    )
    .sort();

/** Too deep for the parser of ESLint, which says so. */
const TOO_DEEP = 'ud2005-too-deep';
const bySyntax = fixtures(MISTAKES).filter(({ name }) => !isTyped(name) && name !== TOO_DEEP);
const expected = bySyntax
  .flatMap(({ name, file, source }) =>
    transform(source, { fileName: project.path(`untyped/${name}/${file}`) }).diagnostics.map(
      ({ code, line, column }) => `untyped/${name}/${file} ${line}:${column} ${code}`,
    ),
  )
  .sort();

beforeAll(() => {
  project.write('package.json', JSON.stringify({ name: 'shop', type: 'module' }));
  project.write('eslint.config.js', CONFIG);
  project.write('svelte-parser.js', SVELTE_PARSER);
  project.write('tsconfig.json', TSCONFIG);
  const oxlint = {
    jsPlugins: ['use-durable/eslint'],
    categories: { correctness: 'off' },
    rules: {
      'use-durable/errors': 'error',
      'use-durable/warnings': 'warn',
      'use-durable/uncompiled': 'error',
    },
  };
  project.write('.oxlintrc.json', JSON.stringify(oxlint));
  for (const { name } of bySyntax)
    cpSync(MISTAKES + name, project.path(`untyped/${name}`), { recursive: true });
  for (const name of readdirSync(MISTAKES))
    cpSync(MISTAKES + name, project.path(`typed/${name}`), { recursive: true });
  for (const folder of ['untyped', 'typed']) project.write(`${folder}/package.json`, '{}');
});

describe('ESLint', () => {
  it('reports what the compiler reports, at the same places', () => {
    expect(expected.length).toBeGreaterThan(150);
    expect(shown(eslint('untyped'))).toEqual(expected);
  });

  it('reports what tspc reports, where typescript-eslint has types', () => {
    const { output } = project.bin('ts-patch/bin/tspc.js', ['-p', '.', '--pretty', 'false']);
    const byTspc = [...output.matchAll(/^(typed\/\S+\.ts)\((\d+),(\d+)\): \w+ TS99\d{4}: (UD\d{4})/gm)]
      .map(([, file, line, column, code]) => `${file} ${line}:${column} ${code}`)
      .sort();
    const results = eslint('typed');
    const found = shown(results).filter((line) => line.includes('.ts '));
    expect(found).toEqual(byTspc.filter((line) => !line.includes(TOO_DEEP)));
    expect(results.get(`typed/${TOO_DEEP}/input.ts`)?.map(({ message }) => message)).toEqual([
      expect.stringMatching(/Maximum call stack size exceeded/),
    ]);
    expect(found.some((line) => line.endsWith('UD4004'))).toBe(true);
  });

  it('has severities, ends, messages and suggestions', () => {
    project.write('main.js', MAIN);
    const messages = eslint('main.js').get('main.js') ?? [];
    expect(messages.map(({ ruleId, severity }) => [ruleId, severity])).toEqual([['use-durable/errors', 2]]);
    const [{ line, column, endLine, endColumn, message, suggestions = [] }] = messages as [Message];
    expect([line, column, endLine, endColumn]).toEqual([4, 3, 4, 17]);
    expect(message).toMatch(
      /^UD1001: 'use durible' is not .*\nWrite 'use durable'\.\nSee use-durable\/docs\//s,
    );
    const [{ desc, fix }] = suggestions as [NonNullable<Message['suggestions']>[0]];
    expect(desc).toBe("Write 'use durable'");
    const fixed = MAIN.slice(0, fix.range[0]) + fix.text + MAIN.slice(fix.range[1]);
    project.write('main.js', fixed);
    const then = eslint('main.js').get('main.js') ?? [];
    expect(then.map(({ ruleId, severity, line }) => [ruleId, severity, line])).toEqual([
      ['use-durable/warnings', 1, 5],
    ]);
  });

  it('takes the text of an editor for what it is, and a file with a byte order mark', () => {
    project.write('saved.js', MAIN.replace('durible', 'durable').replace(', process.env.RATE', ''));
    const args = ['--stdin', '--stdin-filename', project.path('saved.js'), '--format', 'json'];
    const text = MAIN.replace('durible', 'durable').replace('charge(cents', 'other(cents');
    const { output } = project.bin('eslint/bin/eslint.js', args, {}, text);
    const [{ messages }] = JSON.parse(output) as [{ messages: Message[] }];
    expect(messages.map(({ message }) => message.slice(0, 6))).toEqual(['UD3009']);
    project.write('marked.js', `\uFEFF${MAIN}`);
    expect(shown(eslint('marked.js'))).toEqual(['marked.js 4:3 UD1001']);
  });

  it('finds a directive in a file that nothing compiles', () => {
    project.write('Page.svelte', PAGE);
    project.write('notes.md', MAIN.replace('durible', 'durable'));
    const results = eslint('Page.svelte', 'notes.md');
    expect(results.get('Page.svelte')).toMatchObject([
      {
        ruleId: 'use-durable/uncompiled',
        severity: 2,
        line: 5,
        column: 3,
        message: expect.stringMatching(/\*\.svelte files are not compiled/) as string,
      },
    ]);
    // Examples in a text run nowhere.
    expect(results.get('notes.md')).toEqual([]);
  });
});

interface OxlintDiagnostic {
  readonly code?: string;
  readonly severity: string;
  readonly filename: string;
  readonly message: string;
  readonly labels: readonly { readonly span: { readonly line: number; readonly column: number } }[];
}

/** Git ignores the folder of these projects, and oxlint takes what git ignores only by its name. */
function oxlint(...files: readonly string[]): readonly OxlintDiagnostic[] {
  const { output, errors } = project.bin('oxlint/bin/oxlint', ['--format', 'json', ...files]);
  if (!output.startsWith('{')) throw new Error(output + errors);
  return (JSON.parse(output) as { readonly diagnostics: readonly OxlintDiagnostic[] }).diagnostics;
}

describe('oxlint', () => {
  it('reports what the compiler reports, at the same places', () => {
    const found = oxlint(...bySyntax.map(({ name, file }) => `untyped/${name}/${file}`));
    // Code that oxlint itself takes for a syntax error.
    const ours = found.filter(({ code }) => code?.startsWith('use-durable'));
    const refused = found.filter((one) => !ours.includes(one)).map(({ filename }) => filename);
    expect(refused.sort()).toEqual([
      'untyped/ud1002-replaced/input.ts',
      'untyped/ud2001-unsupported/input.ts',
    ]);
    const lines = ours.map(({ filename, message, labels: [label] }) => {
      const { line, column } = label!.span;
      return `${filename} ${line}:${column} ${message.slice(0, 6)}`;
    });
    expect(lines.sort()).toEqual(expected.filter((line) => !refused.includes(line.split(' ')[0]!)));
    const rules = new Set(ours.map(({ code, severity }) => `${code} ${severity}`));
    expect([...rules].sort()).toEqual(['use-durable(errors) error', 'use-durable(warnings) warning']);
  });

  it('finds a directive in a file that nothing compiles', () => {
    project.write('Page.svelte', PAGE);
    const found = oxlint('Page.svelte');
    expect(found.map(({ code, labels: [label] }) => [code, label!.span.line])).toEqual([
      ['use-durable(uncompiled)', 5],
    ]);
  });
});
