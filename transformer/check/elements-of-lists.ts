import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { FileContext } from '../file/file-context.ts';
import { unwrap } from '../syntax/nodes.ts';

/** Questions of `promises-in-results.ts` about lists and the names of their elements. */

/** Methods that give one element. */
export const ELEMENTS = /^(?:at|find|findLast|pop|shift)$/;

/** Methods that give a list of the same elements. */
export const SAME_ELEMENTS = /^(?:concat|filter|flat|reverse|slice|sort|toReversed|toSorted|values)$/;

/** `one` in `for (const one of all)` and in `all.map((one) => ...)`. */
export function isElement({ ts, bindings }: FileContext, name: ts.Identifier): boolean {
  const declaration = bindings.resolve(name)?.declaration;
  return declaration !== undefined && isOfEach(ts, declaration);
}

/** `text` in `for (const { text } of all)` and in `all.map(({ text }) => ...)`: a member of an element. */
export function isMemberOfElement({ ts, bindings }: FileContext, name: ts.Identifier): boolean {
  const pattern = bindings.resolve(name)?.declaration?.parent;
  return pattern !== undefined && ts.isObjectBindingPattern(pattern) && isOfEach(ts, pattern.parent);
}

function isOfEach(ts: TypeScript, holder: ts.Node): boolean {
  return (
    ts.isParameter(holder) || (ts.isVariableDeclaration(holder) && ts.isForOfStatement(holder.parent.parent))
  );
}

/** `all` in `all.at(0)`. */
export function listOf(ts: TypeScript, call: ts.CallExpression, methods: RegExp): ts.Expression | undefined {
  const callee = unwrap(ts, call.expression);
  return ts.isPropertyAccessExpression(callee) && methods.test(callee.name.text)
    ? callee.expression
    : undefined;
}

/** `xs.map(...)`, `Array.from(xs, ...)`. */
export function isMapper(ts: TypeScript, call: ts.CallExpression): boolean {
  return listOf(ts, call, /^(?:from|map)$/) !== undefined;
}

/** `const { promise, resolve } = pDefer()`: the function itself settles the promise. */
export function isSettledHere(
  { ts, bindings, sourceFile, nodes }: FileContext,
  expression: ts.Expression,
): boolean {
  const node = unwrap(ts, expression);
  const declaration = ts.isIdentifier(node) ? bindings.resolve(node)?.declaration : undefined;
  if (!declaration || !ts.isIdentifier(node)) return false;
  const holder = ts.isBindingElement(declaration) ? declaration.parent : undefined;
  if (holder && ts.isObjectBindingPattern(holder))
    return holder.elements.some(({ propertyName, name }) =>
      isSettler((propertyName ?? name).getText(sourceFile)),
    );
  return nodes
    .usesOf(node)
    .some(({ parent }) => ts.isPropertyAccessExpression(parent) && isSettler(parent.name.text));
}

const isSettler = (name: string): boolean => name === 'resolve' || name === 'reject';

export function firstOf<T, R>(list: readonly T[], ask: (item: T) => R | undefined): R | undefined {
  for (const item of list) {
    const answer = ask(item);
    if (answer !== undefined) return answer;
  }
  return undefined;
}
