/** Additions to JSON with comments: `tsconfig.json`, `nest-cli.json`. */
import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { type Edit, indentAt, newlineOf, unitOf } from './edits.ts';
import { append } from './lists.ts';

/** The value of a property, and undefined where there is none. */
export function valueAt(
  ts: TypeScript,
  object: ts.Expression | undefined,
  key: string,
): ts.Expression | undefined {
  if (object === undefined || !ts.isObjectLiteralExpression(object)) return undefined;
  for (const property of object.properties)
    if (ts.isPropertyAssignment(property) && nameOf(ts, property.name) === key) return property.initializer;
  return undefined;
}

/** The name of a property as it is written, without quotes. */
export const nameOf = (ts: TypeScript, name: ts.PropertyName): string | undefined =>
  ts.isIdentifier(name) || ts.isStringLiteralLike(name) ? name.text : undefined;

export const rootOf = (file: ts.JsonSourceFile): ts.Expression | undefined => file.statements[0]?.expression;

/** Adds an element to the list of that key in `compilerOptions`; undefined where the file has another form. */
export function addToOptions(
  ts: TypeScript,
  file: ts.JsonSourceFile,
  key: string,
  element: string,
): readonly Edit[] | undefined {
  const root = rootOf(file);
  if (root === undefined || !ts.isObjectLiteralExpression(root)) return undefined;
  const options = valueAt(ts, root, 'compilerOptions');
  if (options === undefined) {
    const inner = indentAt(file.text, root.getStart(file)) + unitOf(file.text);
    const line = newlineOf(file.text) + inner;
    return append(
      file,
      root,
      `"compilerOptions": {${line}${unitOf(file.text)}"${key}": [${element}]${line}}`,
    );
  }
  if (!ts.isObjectLiteralExpression(options)) return undefined;
  const list = valueAt(ts, options, key);
  if (list === undefined) return append(file, options, `"${key}": [${element}]`);
  return ts.isArrayLiteralExpression(list) ? append(file, list, element) : undefined;
}
