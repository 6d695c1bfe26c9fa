import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Bindings } from '../file/bindings.ts';
import type { NodeIndex } from '../file/node-index.ts';
import { contains, unwrap, walk } from '../syntax/nodes.ts';
import type { Body } from './body.ts';

/** A call in a durable function that needs private members of an instance. Instances from the journal don't have them. */
export interface PrivateCall {
  readonly call: ts.CallExpression;
  readonly cls: ts.ClassLikeDeclaration;
}

type ClassOf = (expression: ts.Expression) => ts.ClassLikeDeclaration | undefined;

/**
 * Calls of methods of a value that the function tests with `instanceof`, and of static methods such as `LimitError.is(error)`,
 * that read private members of their receiver or arguments.
 *
 * @param classOf returns the class that an expression names, if its code or its declaration can be found
 */
export function privateCalls(body: Body, classOf: ClassOf): PrivateCall[] {
  return new PrivateCallSearch(body, classOf).run();
}

class PrivateCallSearch {
  private readonly body: Body;
  private readonly classOf: ClassOf;
  private readonly ts: TypeScript;
  private readonly bindings: Bindings;
  private readonly nodes: NodeIndex;
  private readonly steps: ts.Node[];
  private readonly tested = new Map<ts.Node, ts.ClassLikeDeclaration[]>();
  private readonly calls: ts.CallExpression[] = [];

  constructor(body: Body, classOf: ClassOf) {
    this.body = body;
    this.classOf = classOf;
    const { ts, bindings, nodes } = body.file;
    this.ts = ts;
    this.bindings = bindings;
    this.nodes = nodes;
    this.steps = body.stepCode.flat();
  }

  run(): PrivateCall[] {
    const { nodes, body, ts, calls, bindings, classOf, tested, steps } = this;
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
        this.needsPrivate(cls, method, false),
      );
      if (ofInstance) return [{ call, cls: ofInstance }];
      if (call.arguments.length === 0) return [];
      const named = classOf(receiver);
      return named && this.needsPrivate(named, method, true) ? [{ call, cls: named }] : [];
    });
  }

  /** Whether a method of a class, or of one of its base classes, uses private members of instances. */
  private needsPrivate(cls: ts.ClassLikeDeclaration, method: string, isStatic: boolean, depth = 0): boolean {
    const { ts, classOf } = this;
    if (this.isCarried(cls)) return false;
    const hidden = new Set(
      cls.members.flatMap(({ name }, index) =>
        name && ts.isPrivateIdentifier(name) && !this.isStaticMember(cls.members[index]!) ? [name.text] : [],
      ),
    );
    const found = cls.members.find(
      (member): member is ts.MethodDeclaration =>
        ts.isMethodDeclaration(member) &&
        ts.isIdentifier(member.name) &&
        member.name.text === method &&
        this.isStaticMember(member) === isStatic,
    );
    if (found) {
      if (hidden.size === 0) return false;
      // In a declaration, `#private` is the only trace.
      if (!found.body) return hidden.has('#private');
      let needs = false;
      walk(ts, found.body, (node) => {
        if (ts.isPrivateIdentifier(node) && hidden.has(node.text)) needs = true;
      });
      return needs;
    }
    const clause = cls.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword);
    const base = clause?.types[0] && classOf(clause.types[0].expression);
    return base !== undefined && depth < MAX_BASES && this.needsPrivate(base, method, isStatic, depth + 1);
  }

  private isStaticMember(member: ts.ClassElement): boolean {
    const { ts } = this;
    return (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static) !== 0;
  }

  /** Whether the class defines its own encoding. */
  private isCarried(cls: ts.ClassLikeDeclaration): boolean {
    const { ts } = this;
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
