import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import { originOf } from '../file/origins.ts';
import { unwrap } from '../syntax/nodes.ts';

/** The initial values of a collection; undefined if the expression makes none. */
export function initialOf(body: Body, expression: ts.Expression): readonly ts.Expression[] | undefined {
  const { ts } = body.file;
  const node = unwrap(ts, expression);
  if (ts.isArrayLiteralExpression(node)) return node.elements;
  if (ts.isObjectLiteralExpression(node)) return initialMembers(ts, node);
  if (!ts.isNewExpression(node)) return undefined;
  const origin = originOf(body.file, node.expression);
  const [content] = node.arguments ?? [];
  if (origin !== 'Map' && origin !== 'Set' && origin !== 'Array') return undefined;
  if (!content || origin === 'Array') return [];
  const list = unwrap(ts, content);
  if (!ts.isArrayLiteralExpression(list)) return undefined;
  if (origin === 'Set') return list.elements;
  const values = list.elements.map((entry) => {
    const pair = unwrap(ts, entry);
    return ts.isArrayLiteralExpression(pair) ? pair.elements[1] : undefined;
  });
  return values.every((value) => value !== undefined) ? (values as ts.Expression[]) : undefined;
}

/** What the properties of a literal are; undefined if there are others than plain ones. */
function initialMembers(
  ts: TypeScript,
  node: ts.ObjectLiteralExpression,
): readonly ts.Expression[] | undefined {
  const values = node.properties.map((property) =>
    ts.isPropertyAssignment(property)
      ? property.initializer
      : ts.isShorthandPropertyAssignment(property)
        ? property.name
        : undefined,
  );
  return values.every((value) => value !== undefined) ? (values as ts.Expression[]) : undefined;
}

/** The key in `jobs.set(key, job)`. */
export function isKey(ts: TypeScript, value: ts.Expression): boolean {
  const { parent } = value;
  if (!ts.isCallExpression(parent) || parent.arguments[0] !== value || parent.arguments.length !== 2)
    return false;
  const callee = unwrap(ts, parent.expression);
  return ts.isPropertyAccessExpression(callee) && callee.name.text === 'set';
}
