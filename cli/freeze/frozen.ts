import type ts from 'typescript';
import { parseDirective } from '../../transformer/file/directive-text.ts';
import type { TypeScript } from '../base/typescript.ts';
import { applyEdits, type Edit, newlineOf } from '../edit/edits.ts';

/** A durable function in a text. */
export interface Written {
  readonly text: string;
  /** Of the function, both from 1. */
  readonly line: number;
  readonly column: number;
}

/** A file with an old function beside the new one. */
export interface Frozen {
  readonly text: string;
  /** What the old function is called now. */
  readonly name: string;
  /** Names of the module that it uses and the file hasn't any more. */
  readonly missing: readonly string[];
}

/** It can't be written; the message says why. */
export class FreezeError extends Error {
  override readonly name = 'FreezeError';
}

/**
 * Writes an old function behind the new one.
 *
 * @param of what the new function is called in its file
 * @param comment stands above the old one
 * @throws FreezeError
 */
export function freezeInto(
  typescript: TypeScript,
  now: Written,
  old: Written,
  { of, number, comment }: { readonly of: string; readonly number: number; readonly comment: string },
): Frozen {
  const before = parse(typescript, old.text);
  const after = parse(typescript, now.text);
  const node = declarationAt(typescript, before, old);
  const newest = statementAt(typescript, after, now);
  const names = namesIn(typescript, after);
  const base = of.replace(/^.*\./, '');
  let name = `${base}V${number}`;
  while (names.has(name)) name += '_';
  const written = writtenOf(typescript, before, node, name, `use durable version ${number} of ${of}`);
  const newline = newlineOf(now.text);
  const added = `${newline}${newline}/** ${comment} */${newline}${written.replace(/\r?\n/g, newline)}`;
  return {
    text: applyEdits(now.text, [{ at: newest.end, text: added }]),
    name,
    missing: [...usedBy(typescript, node)].filter(
      (used) => namesIn(typescript, before).has(used) && !names.has(used) && used !== node.name?.text,
    ),
  };
}

const parse = (typescript: TypeScript, text: string): ts.SourceFile =>
  typescript.createSourceFile('frozen.tsx', text, typescript.ScriptTarget.Latest, true);

function statementAt(typescript: TypeScript, file: ts.SourceFile, { line, column }: Written): ts.Statement {
  const at = file.getPositionOfLineAndCharacter(line - 1, column - 1);
  const found = file.statements.find((statement) => statement.getStart(file) <= at && at < statement.end);
  if (found === undefined || typescript.isModuleDeclaration(found))
    throw new FreezeError('The function is not at the top level of its file.');
  return found;
}

function declarationAt(typescript: TypeScript, file: ts.SourceFile, old: Written): ts.FunctionDeclaration {
  const found = statementAt(typescript, file, old);
  if (!typescript.isFunctionDeclaration(found) || found.body === undefined)
    throw new FreezeError(
      'Only a function that is declared can be written out, `async function name() {}`. Copy this one by hand.',
    );
  return found;
}

/** The text of a function under another name, with another directive. */
function writtenOf(
  typescript: TypeScript,
  file: ts.SourceFile,
  node: ts.FunctionDeclaration,
  name: string,
  directive: string,
): string {
  const start = node.getStart(file);
  const edits: Edit[] = [];
  const replace = (from: number, end: number, text: string): void =>
    void edits.push({ at: from - start, remove: end - from, text });
  const isDefault = node.modifiers?.find(({ kind }) => kind === typescript.SyntaxKind.DefaultKeyword);
  if (isDefault !== undefined) replace(isDefault.getStart(file), isDefault.end + 1, '');
  if (node.name !== undefined) replace(node.name.getStart(file), node.name.end, name);
  else replace(node.parameters.pos - 1, node.parameters.pos - 1, ` ${name}`);
  const body = node.body!;
  const own = body.statements.find((statement) => isDirective(typescript, statement));
  if (own === undefined) replace(body.getStart(file) + 1, body.getStart(file) + 1, `\n  '${directive}';`);
  else {
    const literal = (own as ts.ExpressionStatement).expression;
    replace(literal.getStart(file) + 1, literal.end - 1, directive);
  }
  return applyEdits(file.text.slice(start, node.end), edits);
}

const isDirective = (typescript: TypeScript, statement: ts.Statement): boolean =>
  typescript.isExpressionStatement(statement) &&
  typescript.isStringLiteral(statement.expression) &&
  parseDirective(statement.expression.text) !== undefined;

/** What a module declares at its top level, imports included. */
function namesIn(typescript: TypeScript, file: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  const bind = (name: ts.BindingName): void => {
    if (typescript.isIdentifier(name)) names.add(name.text);
    else for (const element of name.elements) if (typescript.isBindingElement(element)) bind(element.name);
  };
  for (const statement of file.statements) {
    if (typescript.isVariableStatement(statement))
      for (const { name } of statement.declarationList.declarations) bind(name);
    else if (typescript.isImportDeclaration(statement)) {
      const { name, namedBindings } = statement.importClause ?? {};
      if (name) names.add(name.text);
      if (namedBindings && typescript.isNamespaceImport(namedBindings)) names.add(namedBindings.name.text);
      else if (namedBindings) for (const element of namedBindings.elements) names.add(element.name.text);
    } else if ('name' in statement) {
      const { name } = statement as { readonly name?: ts.Node };
      if (name && typescript.isIdentifier(name)) names.add(name.text);
    }
  }
  return names;
}

/** The names that a function mentions, but not those of members. */
function usedBy(typescript: TypeScript, root: ts.Node): ReadonlySet<string> {
  const used = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (typescript.isIdentifier(node) && !isMember(typescript, node)) used.add(node.text);
    typescript.forEachChild(node, visit);
  };
  visit(root);
  return used;
}

function isMember(typescript: TypeScript, node: ts.Identifier): boolean {
  const { parent } = node;
  if (typescript.isPropertyAccessExpression(parent) || typescript.isQualifiedName(parent))
    return (typescript.isPropertyAccessExpression(parent) ? parent.name : parent.right) === node;
  return typescript.isPropertyAssignment(parent) && parent.name === node;
}
