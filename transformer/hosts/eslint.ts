/**
 * The plugin for ESLint and oxlint.
 *
 *     import useDurable from 'use-durable/eslint';
 *     export default [useDurable.configs.recommended];
 */
import '../base/require-node.ts';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type ts from 'typescript';
import { mayConcern, mayHoldDirective } from '../base/may-concern.ts';
import { parseDirective } from '../file/directive-text.ts';
import { messageOf, SOURCES } from './compile-text.ts';
import type { Finding } from './lint-text.ts';

/** What these linters know of a rule, as far as these rules go. Their own types are not needed for it. */
export interface LintRule {
  readonly meta: {
    readonly type: 'problem';
    readonly hasSuggestions: boolean;
    readonly docs: { readonly description: string; readonly url: string };
    readonly schema: [];
  };
  create(context: LintContext): Readonly<Record<string, (node: LintNode) => void>>;
}

interface LintContext {
  readonly filename: string;
  /** The file that a part of it was taken from. */
  readonly physicalFilename?: string | undefined;
  readonly sourceCode: {
    readonly text: string;
    readonly parserServices?: { readonly program?: unknown } | undefined;
    getLocFromIndex(index: number): LintPosition;
  };
  report(found: Report): void;
}

interface Report {
  readonly loc: { readonly start: LintPosition; readonly end: LintPosition };
  readonly message: string;
  readonly suggest?: { readonly desc: string; fix(fixer: Fixer): unknown[] }[];
}

interface Fixer {
  replaceTextRange(range: [number, number], text: string): unknown;
}

/** The line counts from 1, the column from 0. */
interface LintPosition {
  readonly line: number;
  readonly column: number;
}

interface LintNode {
  readonly loc?: { readonly start: LintPosition; readonly end: LintPosition } | null | undefined;
  readonly expression?: { readonly type: string; readonly value?: unknown };
}

export interface LintPlugin {
  readonly meta: { readonly name: 'use-durable' };
  readonly rules: Readonly<Record<'errors' | 'warnings' | 'uncompiled', LintRule>>;
  readonly configs: { readonly recommended: LintConfig };
}

export interface LintConfig {
  readonly name: string;
  // A configuration holds the plugin that it belongs to.
  readonly plugins: { readonly 'use-durable': Omit<LintPlugin, 'configs'> };
  readonly rules: Record<string, 'error' | 'warn'>;
}

/** A rule has one severity, so the errors and the warnings of the compiler are two rules. */
const rules: LintPlugin['rules'] = {
  errors: diagnosticsRule('error', 'Errors of the use-durable compiler'),
  warnings: diagnosticsRule('warning', 'Warnings of the use-durable compiler'),
  uncompiled: {
    meta: metaOf('Durable functions in files that no build compiles', false),
    create(context) {
      const { filename, physicalFilename = filename, sourceCode } = context;
      // Examples in a text are not to be run.
      if (isCompiled(context) || /\.mdx?$/.test(physicalFilename)) return {};
      if (!mayHoldDirective(sourceCode.text)) return {};
      return {
        ExpressionStatement({ loc, expression }) {
          const text = expression?.type === 'Literal' ? expression.value : undefined;
          if (loc && typeof text === 'string' && parseDirective(text))
            context.report({ loc, message: uncompiled(physicalFilename) });
        },
      };
    },
  },
};

const uncompiled = (file: string): string =>
  `'use durable' has no effect here: functions in *${extname(file)} files are not compiled.\n` +
  'Move the function to a TypeScript or JavaScript file, and import it.';

const meta = { name: 'use-durable' } as const;

const plugin: LintPlugin = {
  meta,
  rules,
  configs: {
    recommended: {
      name: 'use-durable/recommended',
      plugins: { 'use-durable': { meta, rules } },
      rules: {
        'use-durable/errors': 'error',
        'use-durable/warnings': 'warn',
        'use-durable/uncompiled': 'error',
      },
    },
  },
};

export default plugin;

function diagnosticsRule(severity: 'error' | 'warning', description: string): LintRule {
  return {
    meta: metaOf(description, true),
    create(context) {
      const { sourceCode, filename } = context;
      if (!isCompiled(context) || !mayConcern(sourceCode.text)) return {};
      return {
        Program() {
          const program = sourceCode.parserServices?.program as ts.Program | undefined;
          for (const finding of findingsIn(sourceCode.text, filename, program))
            if (finding.diagnostic.severity === severity) report(context, finding);
        },
      };
    },
  };
}

function metaOf(description: string, hasSuggestions: boolean): LintRule['meta'] {
  const docs = { description, url: 'use-durable/docs/routes.md#eslint-and-oxlint' };
  return { type: 'problem', hasSuggestions, docs, schema: [] };
}

/** Whether a whole file is linted, of a kind that is compiled. */
const isCompiled = ({ filename, physicalFilename = filename }: LintContext): boolean =>
  physicalFilename === filename && (SOURCES.test(filename) || !/\.\w+$/.test(filename));

function report({ sourceCode, report: tell }: LintContext, { diagnostic, fix }: Finding): void {
  const { start, length } = diagnostic;
  const found = fix();
  tell({
    loc: { start: sourceCode.getLocFromIndex(start), end: sourceCode.getLocFromIndex(start + length) },
    message: messageOf(diagnostic),
    suggest: found
      ? [
          {
            desc: found.title,
            fix: (fixer) =>
              found.edits.map((edit) =>
                fixer.replaceTextRange([edit.start, edit.start + edit.length], edit.text),
              ),
          },
        ]
      : [],
  });
}

interface Linted {
  readonly text: string;
  readonly filename: string;
  readonly program: ts.Program | undefined;
  readonly findings: readonly Finding[];
}

let last: Linted | undefined;

/** Two rules ask for the same, one after the other. */
function findingsIn(text: string, filename: string, program: ts.Program | undefined): readonly Finding[] {
  if (last?.text !== text || last.filename !== filename || last.program !== program) {
    const own = fileURLToPath(import.meta.url);
    // The compiler is loaded for the first file that needs it. Tests run the sources, where its file has another extension.
    const { lintText } = createRequire(own)(`./lint-text${extname(own)}`) as typeof import('./lint-text.ts');
    last = { text, filename, program, findings: lintText(text, filename, program) };
  }
  return last.findings;
}
