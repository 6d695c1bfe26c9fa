import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Bindings } from '../file/bindings.ts';
import { type FileNames, originOf } from '../file/origins.ts';
import { membersNamed } from '../syntax/members.ts';
import { type FunctionNode, isClosure, isFunctionNode, staticKey, unwrap } from '../syntax/nodes.ts';
import { functionOf } from './callees.ts';

/** The target of a helper call, as far as the file itself shows it. */
export type Followed =
  /** A function, or the class that is instantiated. */
  | { readonly code: FunctionNode | ts.ClassLikeDeclaration }
  /** An alias of something imported or global: `const now = Date.now`. */
  | { readonly origin: string; readonly at: ts.Node }
  /** A constant made by something imported: `const newId = customAlphabet('abc', 8)`. */
  | { readonly maker: string; readonly at: ts.Node };

/** Follows the callee of a call, or the class of a `new`, through the file. */
export function followCallee(file: FileNames, callee: ts.Expression): Followed | undefined {
  return new CalleeFollower(file, callee).run();
}

class CalleeFollower {
  private readonly file: FileNames;
  private readonly callee: ts.Expression;
  private readonly ts: TypeScript;
  private readonly bindings: Bindings;

  constructor(file: FileNames, callee: ts.Expression) {
    this.file = file;
    this.callee = callee;
    const { ts, bindings } = file;
    this.ts = ts;
    this.bindings = bindings;
  }

  run(): Followed | undefined {
    const { callee } = this;
    return this.follow(callee);
  }

  private follow(expression: ts.Expression): Followed | undefined {
    const { ts, bindings, file } = this;
    const node = unwrap(ts, expression);
    if (isClosure(ts, node)) return { code: node };
    if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return this.member(node);
    if (!ts.isIdentifier(node)) return undefined;
    const binding = bindings.resolve(node);
    if (!binding) return undefined;
    const { declaration } = binding;
    if (ts.isClassLike(declaration)) return { code: declaration };
    const fn = functionOf(file, binding);
    if (fn) return { code: fn };
    const value = this.constantOf(declaration);
    if (value) return this.alias(value) ?? (ts.isClassLike(value) ? { code: value } : this.made(value));
    if (!ts.isBindingElement(declaration) || !ts.isObjectBindingPattern(declaration.parent)) return undefined;
    // `const { random } = Math`
    const list = declaration.parent.parent;
    const from = this.constantOf(list);
    const name = declaration.propertyName ?? declaration.name;
    const base = from && originOf(file, from);
    return base !== undefined && ts.isIdentifier(name)
      ? { origin: `${base}.${name.text}`, at: declaration }
      : undefined;
  }

  /** `ids.next`, where `ids` is an object, an instance or a class of this file. */
  private member(node: ts.PropertyAccessExpression | ts.ElementAccessExpression): Followed | undefined {
    const { ts, bindings } = this;
    const owner = unwrap(ts, node.expression);
    const key = staticKey(ts, node);
    if (key === undefined || !ts.isIdentifier(owner)) return undefined;
    const declaration = bindings.resolve(owner)?.declaration;
    if (!declaration) return undefined;
    if (ts.isClassLike(declaration)) return this.memberOf(declaration, key);
    const value = this.constantOf(declaration);
    if (!value) return undefined;
    if (ts.isObjectLiteralExpression(value)) return this.memberOf(value, key);
    if (ts.isNewExpression(value)) {
      const maker = this.made(value);
      if (maker) return maker;
      const cls = unwrap(ts, value.expression);
      const declared = ts.isIdentifier(cls) ? bindings.resolve(cls)?.declaration : undefined;
      return declared && ts.isClassLike(declared) ? this.memberOf(declared, key) : undefined;
    }
    return this.made(value);
  }

  private memberOf(
    owner: ts.ClassLikeDeclaration | ts.ObjectLiteralExpression,
    key: string,
  ): Followed | undefined {
    const { ts } = this;
    for (const found of membersNamed(ts, owner, key)) {
      if (isFunctionNode(ts, found)) return { code: found };
      if (ts.isPropertyAssignment(found) || ts.isPropertyDeclaration(found))
        return found.initializer && this.follow(found.initializer);
      if (ts.isShorthandPropertyAssignment(found)) return this.follow(found.name);
    }
    return undefined;
  }

  /** The initializer of a constant. */
  private constantOf(declaration: ts.Node): ts.Expression | undefined {
    const { ts } = this;
    if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
    return declaration.parent.flags & ts.NodeFlags.Const ? unwrap(ts, declaration.initializer) : undefined;
  }

  private alias(value: ts.Expression): Followed | undefined {
    const { ts, file } = this;
    // `Date.now.bind(Date)` is `Date.now`.
    const bound = ts.isCallExpression(value) ? unwrap(ts, value.expression) : undefined;
    const named =
      bound && ts.isPropertyAccessExpression(bound) && bound.name.text === 'bind' ? bound.expression : value;
    const origin = originOf(file, named);
    return origin === undefined ? undefined : { origin, at: value };
  }

  private made(value: ts.Expression): Followed | undefined {
    const { ts, file } = this;
    if (!ts.isCallExpression(value) && !ts.isNewExpression(value)) return undefined;
    const maker = originOf(file, value.expression);
    return maker === undefined ? undefined : { maker, at: value };
  }
}
