/** Configurations that are modules: the object that they export, and additions to it. */
import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { applyEdits, type Edit, newlineOf } from './edits.ts';
import { nameOf } from './json.ts';
import { append, prepend } from './lists.ts';

/** The text as a syntax tree, by the extension of its name. */
export const parseConfig = (ts: TypeScript, file: string, text: string): ts.SourceFile =>
  ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);

/** What a module exports as its configuration; undefined if it exports nothing by default. */
export function exportedBy(ts: TypeScript, file: ts.SourceFile): ts.Expression | undefined {
  for (const statement of file.statements) {
    if (ts.isExportAssignment(statement)) return statement.expression;
    if (!ts.isExpressionStatement(statement) || !ts.isBinaryExpression(statement.expression)) continue;
    const { left, right } = statement.expression;
    if (left.getText(file) === 'module.exports') return right;
  }
  return undefined;
}

/** The options of the calls of a package's functions: `esbuild.build({ ... })`. */
export function optionsOfCalls(
  ts: TypeScript,
  file: ts.SourceFile,
  functions: readonly string[],
): readonly ts.Expression[] {
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.arguments[0] !== undefined) {
      const { expression } = node;
      const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
      if (ts.isIdentifier(name) && functions.includes(name.text)) found.push(node.arguments[0]);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/**
 * The object of a configuration: written in place, held by a constant, given to one function such as `defineConfig`, or
 * returned by a function. Undefined for everything else.
 */
export function objectOf(
  ts: TypeScript,
  file: ts.SourceFile,
  expression: ts.Expression,
): ts.ObjectLiteralExpression | undefined {
  const inner = unwrapped(ts, expression);
  if (ts.isObjectLiteralExpression(inner)) return inner;
  if (ts.isCallExpression(inner))
    return inner.arguments.length === 1 ? objectOf(ts, file, inner.arguments[0]!) : undefined;
  if (ts.isIdentifier(inner)) {
    const held = heldBy(ts, file, inner.text);
    return held === undefined ? undefined : objectOf(ts, file, held);
  }
  if (!ts.isArrowFunction(inner) && !ts.isFunctionExpression(inner)) return undefined;
  const { body } = inner;
  if (!ts.isBlock(body)) return objectOf(ts, file, body);
  const last = body.statements.at(-1);
  const returns = body.getText(file).match(/\breturn\b/g) ?? [];
  if (returns.length !== 1 || last === undefined || !ts.isReturnStatement(last)) return undefined;
  return last.expression && objectOf(ts, file, last.expression);
}

/** Without parentheses and types around it. */
function unwrapped(ts: TypeScript, expression: ts.Expression): ts.Expression {
  const isOuter =
    ts.isParenthesizedExpression(expression) ||
    ts.isAsExpression(expression) ||
    ts.isSatisfiesExpression(expression);
  return isOuter ? unwrapped(ts, expression.expression) : expression;
}

function heldBy(ts: TypeScript, file: ts.SourceFile, name: string): ts.Expression | undefined {
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    if (!(statement.declarationList.flags & ts.NodeFlags.Const)) continue;
    for (const declared of statement.declarationList.declarations)
      if (ts.isIdentifier(declared.name) && declared.name.text === name) return declared.initializer;
  }
  return undefined;
}

/** Adds the element to the list at the path, which is made where it is missing; undefined where it is no list. */
export function addToList(
  ts: TypeScript,
  file: ts.SourceFile,
  object: ts.ObjectLiteralExpression,
  path: readonly string[],
  element: string,
): readonly Edit[] | undefined {
  const [key, ...rest] = path;
  const property = object.properties.find((one) => one.name !== undefined && nameOf(ts, one.name) === key);
  if (property === undefined) {
    // What is spread into the object may hold the list already.
    if (object.properties.some((one) => ts.isSpreadAssignment(one))) return undefined;
    const nested = rest.reduceRight((inner, name) => `{ ${name}: ${inner} }`, `[${element}]`);
    return append(file, object, `${key}: ${nested}`);
  }
  if (!ts.isPropertyAssignment(property)) return undefined;
  const value = unwrapped(ts, property.initializer);
  if (rest.length > 0)
    return ts.isObjectLiteralExpression(value) ? addToList(ts, file, value, rest, element) : undefined;
  return ts.isArrayLiteralExpression(value) ? prepend(file, value, element) : undefined;
}

/** Adds an element to the list of configurations that a module exports: an array, or the arguments of a function. */
export function addToConfigs(
  ts: TypeScript,
  file: ts.SourceFile,
  element: string,
): readonly Edit[] | undefined {
  const exported = exportedBy(ts, file);
  const list = exported && listOf(ts, file, exported);
  if (list === undefined) return undefined;
  if (ts.isArrayLiteralExpression(list)) return append(file, list, element);
  const last = list.arguments.at(-1);
  return last && [{ at: last.end, text: `, ${element}` }];
}

function listOf(
  ts: TypeScript,
  file: ts.SourceFile,
  expression: ts.Expression,
): ts.ArrayLiteralExpression | ts.CallExpression | undefined {
  const inner = unwrapped(ts, expression);
  if (ts.isArrayLiteralExpression(inner)) return inner;
  if (ts.isIdentifier(inner)) {
    const held = heldBy(ts, file, inner.text);
    return held && listOf(ts, file, held);
  }
  if (!ts.isCallExpression(inner)) return undefined;
  const [first, second] = inner.arguments;
  const isList = first !== undefined && second === undefined && ts.isArrayLiteralExpression(first);
  return isList ? first : inner;
}

/** The texts at a path of an object: one, or those of an array or of an object; undefined where one of them is computed. */
export function textsAt(
  ts: TypeScript,
  object: ts.ObjectLiteralExpression,
  path: readonly string[],
): readonly string[] | undefined {
  const [key, ...rest] = path;
  const property = object.properties.find((one) => one.name !== undefined && nameOf(ts, one.name) === key);
  if (property === undefined || !ts.isPropertyAssignment(property)) return undefined;
  const value = unwrapped(ts, property.initializer);
  if (rest.length > 0) return ts.isObjectLiteralExpression(value) ? textsAt(ts, value, rest) : undefined;
  const items = ts.isArrayLiteralExpression(value)
    ? value.elements
    : ts.isObjectLiteralExpression(value)
      ? value.properties.map((one) => (ts.isPropertyAssignment(one) ? one.initializer : one))
      : [value];
  const texts = items.map((item) => (ts.isStringLiteralLike(item) ? item.text : undefined));
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** The import of a name, in the form that the other imports of the file have. */
export function importOf(
  ts: TypeScript,
  file: ts.SourceFile,
  name: string,
  from: string,
  kind: 'default' | 'named',
): Edit {
  const { text } = file;
  const statements = file.statements.filter(
    (one) =>
      ts.isImportDeclaration(one) ||
      (ts.isVariableStatement(one) && /\brequire\(/.test(one.getText(file))) ||
      // A directive has to stay the first statement.
      (ts.isExpressionStatement(one) && ts.isStringLiteral(one.expression)),
  );
  const last = statements.at(-1);
  const quote = /\bfrom\s+"|require\("|^import\s+"/m.test(text) ? '"' : "'";
  const end = last !== undefined && !last.getText(file).endsWith(';') ? '' : ';';
  const isCommonJs = /^module\.exports\b/m.test(text);
  const binding = kind === 'named' ? `{ ${name} }` : isCommonJs ? `{ default: ${name} }` : name;
  const line = isCommonJs
    ? `const ${binding} = require(${quote}${from}${quote})${end}`
    : `import ${binding} from ${quote}${from}${quote}${end}`;
  const newline = newlineOf(text);
  // Behind the comment of that line, if there is one.
  const comment = last && /^[ \t]*(?:\/\/.*|\/\*.*\*\/[ \t]*)(?=\r?\n)/.exec(text.slice(last.end));
  if (last !== undefined) return { at: last.end + (comment?.[0].length ?? 0), text: newline + line };
  const first = file.statements[0];
  return { at: first?.getStart(file) ?? 0, text: `${line}${newline}${newline}` };
}

/** The text after the edits, if it is one that parses. */
export function edited(ts: TypeScript, file: ts.SourceFile, edits: readonly Edit[]): string | undefined {
  const text = applyEdits(file.text, edits);
  const { parseDiagnostics } = parseConfig(ts, file.fileName, text) as ts.SourceFile & {
    readonly parseDiagnostics?: readonly unknown[];
  };
  return parseDiagnostics !== undefined && parseDiagnostics.length > 0 ? undefined : text;
}

export interface Given {
  /** The call, `new` or name of a module that is the plugin. */
  readonly node: ts.Node;
  readonly line: number;
}

/** Where what is imported from one of our entries is used; an import alone is none. */
export function usesOf(ts: TypeScript, file: ts.SourceFile): readonly Given[] {
  const names = namesFromUs(ts, file);
  const found: Given[] = [];
  const visit = (node: ts.Node): void => {
    const isCall =
      (ts.isCallExpression(node) || ts.isNewExpression(node)) &&
      (names.has(node.expression.getText(file)) || OWN_REQUIRE.test(node.expression.getText(file)));
    const isNamed =
      ts.isStringLiteral(node) && ts.isArrayLiteralExpression(node.parent) && OWN_ENTRY.test(node.text);
    const isUse = isCall || isNamed;
    if (isUse) found.push({ node, line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1 });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

const OWN_ENTRY = /^use-durable\/[\w-]+$/;
const OWN_REQUIRE = /^\(?require\(['"]use-durable\/[\w-]+['"]\)\)?\.\w+/;

/** The names under which a file has what our entries export. */
function namesFromUs(ts: TypeScript, file: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of file.statements) {
    const text = statement.getText(file);
    if (!/['"]use-durable\/[\w-]+['"]/.test(text)) continue;
    if (ts.isImportDeclaration(statement)) {
      const { name, namedBindings } = statement.importClause ?? {};
      if (name) names.add(name.text);
      if (namedBindings && ts.isNamedImports(namedBindings))
        for (const element of namedBindings.elements) names.add(element.name.text);
    } else if (ts.isVariableStatement(statement))
      for (const { name } of statement.declarationList.declarations)
        if (ts.isIdentifier(name)) names.add(name.text).add(`${name.text}.default`);
        else if (ts.isObjectBindingPattern(name))
          for (const element of name.elements) names.add(element.name.getText(file));
  }
  return names;
}
