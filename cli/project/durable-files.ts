/** The files of a project that hold durable functions. */
import { join } from 'node:path';
import type ts from 'typescript';
import { mayHoldDirective } from '../../transformer/base/may-concern.ts';
import {
  compileFile,
  type Diagnostic,
  type FunctionInfo,
  type TransformResult,
  TypeScriptMissingError,
} from '../../transformer/index.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Project } from './project.ts';

export interface DurableFile {
  readonly file: string;
  /** The line of the first directive. */
  readonly line: number;
  /** In source order; none if the file has syntax errors, or no TypeScript is there to read it with. */
  readonly functions: readonly FunctionInfo[];
  readonly errors: readonly Diagnostic[];
}

const SOURCE = /\.[cm]?[jt]sx?$/;
const COMPILED = /["']use-durable\/compiled["']/;
const DECLARATION = /\.d\.[cm]?ts$/;

/** Reads every source of the project, and compiles those that speak of the directive. */
export function durableFilesOf(project: Project): readonly DurableFile[] {
  const { api } = project.typescript;
  return project.files.flatMap((file) => {
    if (!SOURCE.test(file) || DECLARATION.test(file)) return [];
    const text = project.read(file);
    if (!mayHoldDirective(text)) return [];
    if (api === undefined) return [{ file, line: lineOfText(text), functions: [], errors: [] }];
    const line = lineOfDirective(api, file, text);
    if (line === undefined) return [];
    const { functions, diagnostics } = compiled(text, join(project.folder, file));
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    // Compiled code keeps its directives. It may be in any folder.
    if (functions.length === 0 && errors.length === 0 && COMPILED.test(text)) return [];
    return [{ file, line, functions, errors }];
  });
}

/** A copy of this package that was started from elsewhere may find no TypeScript, although the project has one. */
function compiled(text: string, path: string): Pick<TransformResult, 'functions' | 'diagnostics'> {
  try {
    return compileFile(text, path);
  } catch (error) {
    if (error instanceof TypeScriptMissingError) return { functions: [], diagnostics: [] };
    throw error;
  }
}

const DIRECTIVE = /^use durable( (as|version) .+)?$/;

const lineOfText = (text: string): number =>
  text.split('\n').findIndex((line) => /['"]use durable\b/.test(line)) + 1 || 1;

/** The line of a statement that is only the directive; undefined where such a text has another use. */
function lineOfDirective(api: TypeScript, file: string, text: string): number | undefined {
  const source = api.createSourceFile(file, text, api.ScriptTarget.Latest, true);
  let found: number | undefined;
  const visit = (node: ts.Node): void => {
    if (found !== undefined) return;
    if (
      api.isExpressionStatement(node) &&
      api.isStringLiteral(node.expression) &&
      DIRECTIVE.test(node.expression.text)
    )
      found = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    else api.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
