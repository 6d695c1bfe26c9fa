import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import { isForeign } from '../body/callees.ts';
import { classNamed } from '../body/own-classes.ts';
import { type FunctionNode, isAssignment, isFunctionNode, rootOf, unwrap, walk } from '../syntax/nodes.ts';

/** A member of an instance of a class that is written in the body. */
export interface OwnMember {
  /** The method or getter. */
  readonly fn: FunctionNode | undefined;
  /** What its constructor and methods set the member to. */
  readonly values: readonly ts.Expression[];
  /** The class doesn't show it, and extends one from elsewhere. */
  readonly isInherited: boolean;
}

/** What `this.client` or `o.client` is, with `const o = new Own()`; undefined if that isn't a class of the body. */
export function ownMemberOf(body: Body, node: ts.Expression): OwnMember | undefined {
  const { ts } = body.file;
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const cls = classBehind(body, unwrap(ts, node.expression));
  return cls && memberIn(body, cls, node.name.text);
}

/** What the code of a class shows of one of its members. */
interface Shown {
  fn: FunctionNode | undefined;
  readonly values: ts.Expression[];
}

const NOTHING: Readonly<Shown> = { fn: undefined, values: [] };

/** By class, since a class has many members, each of which may be asked for. */
const shown = new WeakMap<ts.ClassLikeDeclaration, Map<string, Shown>>();

function shownBy(typescript: TypeScript, cls: ts.ClassLikeDeclaration): ReadonlyMap<string, Shown> {
  const ts = typescript;
  const before = shown.get(cls);
  if (before) return before;
  const found = new Map<string, Shown>();
  shown.set(cls, found);
  const member = (name: string): Shown => {
    const known = found.get(name) ?? { fn: undefined, values: [] };
    found.set(name, known);
    return known;
  };
  for (const one of cls.members) {
    if (ts.isConstructorDeclaration(one)) {
      for (const parameter of one.parameters)
        if (ts.isParameterPropertyDeclaration(parameter, one) && ts.isIdentifier(parameter.name))
          member(parameter.name.text).values.push(parameter.name);
    }
    const name = one.name && plainName(ts, one.name);
    if (name === undefined) continue;
    if (ts.isMethodDeclaration(one) || ts.isGetAccessor(one)) member(name).fn = one;
    else if (ts.isPropertyDeclaration(one) && one.initializer) member(name).values.push(one.initializer);
  }
  walk(ts, cls, (node) => {
    if (!ts.isBinaryExpression(node) || !isAssignment(ts, node)) return;
    const target = unwrap(ts, node.left);
    if (ts.isPropertyAccessExpression(target) && isThis(ts, target.expression))
      member(target.name.text).values.push(node.right);
  });
  return found;
}

function memberIn(body: Body, cls: ts.ClassLikeDeclaration, name: string): OwnMember | undefined {
  const { ts } = body.file;
  const { fn, values } = shownBy(ts, cls).get(name) ?? NOTHING;
  if (fn || values.length > 0) return { fn, values, isInherited: false };
  const base = cls.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
  if (!base) return undefined;
  const own = classNamed(body, base.expression);
  if (own) return memberIn(body, own, name);
  const root = rootOf(ts, base.expression);
  return ts.isIdentifier(root) && isForeign(body, base.expression)
    ? { fn: undefined, values: [], isInherited: true }
    : undefined;
}

/** The class of an object, if it is written in the body. */
function classBehind(body: Body, holder: ts.Expression): ts.ClassLikeDeclaration | undefined {
  const { ts, bindings } = body.file;
  if (isThis(ts, holder)) return classAround(ts, holder);
  if (ts.isNewExpression(holder)) return classNamed(body, holder.expression);
  const declaration = ts.isIdentifier(holder) ? bindings.resolve(holder)?.declaration : undefined;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
  if (!(declaration.parent.flags & ts.NodeFlags.Const)) return undefined;
  const made = unwrap(ts, declaration.initializer);
  return ts.isNewExpression(made) ? classNamed(body, made.expression) : undefined;
}

/** The class whose instance `this` is, where it stands. */
function classAround(typescript: TypeScript, node: ts.Node): ts.ClassLikeDeclaration | undefined {
  const ts = typescript;
  for (let at = node.parent; at; at = at.parent) {
    if (ts.isClassStaticBlockDeclaration(at)) return undefined;
    if (ts.isClassLike(at.parent) && (isFunctionNode(ts, at) || ts.isPropertyDeclaration(at))) {
      const isStatic =
        ts.canHaveModifiers(at) &&
        ts.getModifiers(at)?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);
      return isStatic ? undefined : at.parent;
    }
    if (isFunctionNode(ts, at) && !ts.isArrowFunction(at)) return undefined;
  }
  return undefined;
}

const isThis = (typescript: TypeScript, node: ts.Expression): boolean =>
  node.kind === typescript.SyntaxKind.ThisKeyword;

const plainName = (typescript: TypeScript, name: ts.Node): string | undefined =>
  typescript.isIdentifier(name) || typescript.isPrivateIdentifier(name) ? name.text : undefined;
