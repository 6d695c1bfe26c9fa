import type ts from 'typescript';
import { type FileNames, originOf } from '../file/origins.ts';
import { membersNamed } from '../syntax/members.ts';
import { type FunctionNode, isClosure, isFunctionNode, staticKey, unwrap } from '../syntax/nodes.ts';
import { functionOf } from './callees.ts';

/** What a helper is, as far as the file itself shows it. */
export type Followed =
  /** A function, or the class that is made. */
  | { readonly code: FunctionNode | ts.ClassLikeDeclaration }
  /** Another name for something imported or global: `const now = Date.now`. */
  | { readonly origin: string; readonly at: ts.Node }
  /** A constant that something imported made: `const newId = customAlphabet('abc', 8)`. */
  | { readonly maker: string; readonly at: ts.Node };

/** Follows the callee of a call, or the class of a `new`, through the file. */
export function followCallee(file: FileNames, callee: ts.Expression): Followed | undefined {
  const { ts, bindings } = file;
  return follow(callee);

  function follow(expression: ts.Expression): Followed | undefined {
    const node = unwrap(ts, expression);
    if (isClosure(ts, node)) return { code: node };
    if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return member(node);
    if (!ts.isIdentifier(node)) return undefined;
    const binding = bindings.resolve(node);
    if (!binding) return undefined;
    const { declaration } = binding;
    if (ts.isClassLike(declaration)) return { code: declaration };
    const fn = functionOf(file, binding);
    if (fn) return { code: fn };
    const value = constantOf(declaration);
    if (value) return alias(value) ?? (ts.isClassLike(value) ? { code: value } : made(value));
    if (!ts.isBindingElement(declaration) || !ts.isObjectBindingPattern(declaration.parent)) return undefined;
    // `const { random } = Math`
    const list = declaration.parent.parent;
    const from = constantOf(list);
    const name = declaration.propertyName ?? declaration.name;
    const base = from && originOf(file, from);
    return base !== undefined && ts.isIdentifier(name)
      ? { origin: `${base}.${name.text}`, at: declaration }
      : undefined;
  }

  /** `ids.next`, where `ids` is an object, an instance or a class of this file. */
  function member(node: ts.PropertyAccessExpression | ts.ElementAccessExpression): Followed | undefined {
    const owner = unwrap(ts, node.expression);
    const key = staticKey(ts, node);
    if (key === undefined || !ts.isIdentifier(owner)) return undefined;
    const declaration = bindings.resolve(owner)?.declaration;
    if (!declaration) return undefined;
    if (ts.isClassLike(declaration)) return memberOf(declaration, key);
    const value = constantOf(declaration);
    if (!value) return undefined;
    if (ts.isObjectLiteralExpression(value)) return memberOf(value, key);
    if (ts.isNewExpression(value)) {
      const maker = made(value);
      if (maker) return maker;
      const cls = unwrap(ts, value.expression);
      const declared = ts.isIdentifier(cls) ? bindings.resolve(cls)?.declaration : undefined;
      return declared && ts.isClassLike(declared) ? memberOf(declared, key) : undefined;
    }
    return made(value);
  }

  function memberOf(
    owner: ts.ClassLikeDeclaration | ts.ObjectLiteralExpression,
    key: string,
  ): Followed | undefined {
    for (const found of membersNamed(ts, owner, key)) {
      if (isFunctionNode(ts, found)) return { code: found };
      if (ts.isPropertyAssignment(found) || ts.isPropertyDeclaration(found))
        return found.initializer && follow(found.initializer);
      if (ts.isShorthandPropertyAssignment(found)) return follow(found.name);
    }
    return undefined;
  }

  /** What a constant is made as. */
  function constantOf(declaration: ts.Node): ts.Expression | undefined {
    if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
    return declaration.parent.flags & ts.NodeFlags.Const ? unwrap(ts, declaration.initializer) : undefined;
  }

  function alias(value: ts.Expression): Followed | undefined {
    // `Date.now.bind(Date)` is `Date.now`.
    const bound = ts.isCallExpression(value) ? unwrap(ts, value.expression) : undefined;
    const named =
      bound && ts.isPropertyAccessExpression(bound) && bound.name.text === 'bind' ? bound.expression : value;
    const origin = originOf(file, named);
    return origin === undefined ? undefined : { origin, at: value };
  }

  function made(value: ts.Expression): Followed | undefined {
    if (!ts.isCallExpression(value) && !ts.isNewExpression(value)) return undefined;
    const maker = originOf(file, value.expression);
    return maker === undefined ? undefined : { maker, at: value };
  }
}
