import type ts from 'typescript';
import { contains, unwrap, walk } from '../syntax/nodes.ts';
import type { Body } from './body.ts';

/** A call in a durable function that needs private members of an instance, which one out of the journal doesn't have. */
export interface PrivateCall {
  readonly call: ts.CallExpression;
  readonly cls: ts.ClassLikeDeclaration;
}

type ClassOf = (expression: ts.Expression) => ts.ClassLikeDeclaration | undefined;

/**
 * Calls of methods of a value that the function tests with `instanceof`, and of static methods, as in `LimitError.is(error)`,
 * that read private members of what they are called with.
 *
 * @param classOf gives the class that an expression names, if its code or its declaration can be seen
 */
export function privateCalls(body: Body, classOf: ClassOf): PrivateCall[] {
  const { ts, bindings, nodes } = body.file;
  const steps = body.stepCode.flat();
  const tested = new Map<ts.Node, ts.ClassLikeDeclaration[]>();
  const calls: ts.CallExpression[] = [];
  nodes.walk(body.durable.node, (node) => {
    if (ts.isCallExpression(node)) calls.push(node);
    else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword) {
      const value = unwrap(ts, node.left);
      const declaration = ts.isIdentifier(value) ? bindings.resolve(value)?.declaration : undefined;
      const cls = declaration && classOf(node.right);
      if (cls) tested.set(declaration, [...(tested.get(declaration) ?? []), cls]);
    }
  });
  return calls.flatMap((call) => {
    const callee = unwrap(ts, call.expression);
    if (!ts.isPropertyAccessExpression(callee) || !ts.isIdentifier(callee.name)) return [];
    if (steps.some((step) => contains(step, call))) return [];
    const receiver = unwrap(ts, callee.expression);
    const declaration = ts.isIdentifier(receiver) ? bindings.resolve(receiver)?.declaration : undefined;
    const method = callee.name.text;
    const ofInstance = (declaration && tested.get(declaration))?.find((cls) =>
      needsPrivate(cls, method, false),
    );
    if (ofInstance) return [{ call, cls: ofInstance }];
    if (call.arguments.length === 0) return [];
    const named = classOf(receiver);
    return named && needsPrivate(named, method, true) ? [{ call, cls: named }] : [];
  });

  /** Whether a method of a class, or of one that it extends, uses private members of instances. */
  function needsPrivate(cls: ts.ClassLikeDeclaration, method: string, isStatic: boolean, depth = 0): boolean {
    if (isCarried(cls)) return false;
    const hidden = new Set(
      cls.members.flatMap(({ name }, index) =>
        name && ts.isPrivateIdentifier(name) && !isStaticMember(cls.members[index]!) ? [name.text] : [],
      ),
    );
    const found = cls.members.find(
      (member): member is ts.MethodDeclaration =>
        ts.isMethodDeclaration(member) &&
        ts.isIdentifier(member.name) &&
        member.name.text === method &&
        isStaticMember(member) === isStatic,
    );
    if (found) {
      if (hidden.size === 0) return false;
      // Of a declaration, `#private` is all that is known.
      if (!found.body) return hidden.has('#private');
      let needs = false;
      walk(ts, found.body, (node) => {
        if (ts.isPrivateIdentifier(node) && hidden.has(node.text)) needs = true;
      });
      return needs;
    }
    const clause = cls.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword);
    const base = clause?.types[0] && classOf(clause.types[0].expression);
    return base !== undefined && depth < MAX_BASES && needsPrivate(base, method, isStatic, depth + 1);
  }

  function isStaticMember(member: ts.ClassElement): boolean {
    return (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static) !== 0;
  }

  /** Whether the class says itself how it is carried. */
  function isCarried(cls: ts.ClassLikeDeclaration): boolean {
    if (
      cls.members.some(
        ({ name }) => name && ts.isComputedPropertyName(name) && /encode/i.test(name.getText()),
      )
    )
      return true;
    const name = cls.name?.text;
    return (
      name !== undefined && new RegExp(`registerClass\\(\\s*${name}\\s*,`).test(cls.getSourceFile().text)
    );
  }
}

const MAX_BASES = 16;
