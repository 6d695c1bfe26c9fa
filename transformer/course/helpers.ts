import type ts from 'typescript';
import type { Body } from '../body/body.ts';
import type { Binding } from '../file/bindings.ts';
import { FORMATTERS, MUTATORS, READERS } from '../syntax/method-names.ts';
import { isFunctionNode, unwrap, walk } from '../syntax/nodes.ts';
import { functionIn } from './effects.ts';
import type { Variables } from './variables.ts';

/**
 * The functions and classes of a durable function that have no calls of steps. They have no marks of their own, so their code
 * belongs to whatever is made with them: `if (isLarge(order))`, `const large = orders.filter(isLarge)`.
 */
export class Helpers {
  private readonly body: Body;
  private readonly closures: ReadonlyMap<ts.Node, string>;
  private readonly variables: Variables;
  private readonly known = new Map<Binding, readonly ts.Node[]>();

  /** @param closures the closures that have scopes: they have marks of their own */
  constructor(body: Body, closures: ReadonlyMap<ts.Node, string>, variables: Variables) {
    this.body = body;
    this.closures = closures;
    this.variables = variables;
  }

  /** Those by which the value of a variable is made, or which it holds, and those that they use. */
  of(binding: Binding): readonly ts.Node[] {
    const known = this.known.get(binding);
    if (known) return known;
    const found = new Set<ts.Node>();
    const seen = new Set([binding]);
    for (const one of seen)
      for (const source of this.sourcesOf(one)) {
        if (this.isHelper(source)) found.add(source);
        for (const other of this.variables.named(source)) seen.add(other);
      }
    const helpers = [...found];
    this.known.set(binding, helpers);
    return helpers;
  }

  private isHelper(node: ts.Node): boolean {
    const { ts } = this.body.file;
    return (isFunctionNode(ts, node) || ts.isClassLike(node)) && !this.closures.has(node);
  }

  /** The code from which a variable gets its first value. */
  private sourcesOf({ declaration }: Binding): readonly ts.Node[] {
    const { ts } = this.body.file;
    if (declaration === this.body.durable.node) return [];
    if (ts.isVariableDeclaration(declaration)) return this.valueOf(declaration);
    if (ts.isBindingElement(declaration)) return this.partOf(declaration);
    return this.isHelper(declaration) ? [declaration] : [];
  }

  private valueOf({ initializer, parent }: ts.VariableDeclaration): readonly ts.Node[] {
    const { ts } = this.body.file;
    const loop = parent.parent;
    const value = ts.isForOfStatement(loop) || ts.isForInStatement(loop) ? loop.expression : initializer;
    return value ? [unwrap(ts, value)] : [];
  }

  private partOf({ initializer, parent }: ts.BindingElement): readonly ts.Node[] {
    const { ts } = this.body.file;
    const own = initializer ? [unwrap(ts, initializer)] : [];
    const owner = parent.parent;
    if (ts.isBindingElement(owner)) return [...own, ...this.partOf(owner)];
    return ts.isVariableDeclaration(owner) ? [...own, ...this.valueOf(owner)] : own;
  }
}

/**
 * The closures in which calls may come: those that await something, or call what isn't a plain method of the language. `(n) => {
 * sum += n; }` is none of them.
 */
export function withCalls(
  { file }: Body,
  scopes: ReadonlyMap<ts.Node, string>,
  sites: ReadonlyMap<ts.Node, unknown>,
): ReadonlyMap<ts.Node, string> {
  const { ts, bindings } = file;
  const isFunction = (argument: ts.Expression): boolean => {
    const bare = unwrap(ts, argument);
    const binding = ts.isIdentifier(bare) ? bindings.resolve(bare) : undefined;
    return binding !== undefined && functionIn(file, binding.declaration) !== undefined;
  };
  const isPlain = ({ expression, arguments: given }: ts.CallExpression | ts.NewExpression): boolean => {
    const callee = unwrap(ts, expression);
    if (given?.some(isFunction)) return false;
    return ts.isPropertyAccessExpression(callee) && PLAIN.some((names) => names.has(callee.name.text));
  };
  const mayCall = (node: ts.Node): boolean =>
    sites.has(node) ||
    ts.isAwaitExpression(node) ||
    ts.isYieldExpression(node) ||
    ts.isTaggedTemplateExpression(node) ||
    (ts.isForOfStatement(node) && node.awaitModifier !== undefined) ||
    ((ts.isCallExpression(node) || ts.isNewExpression(node)) && !isPlain(node));
  return new Map(
    [...scopes].filter(([closure]) => {
      let found = false;
      walk(ts, closure, (node) => {
        found ||= mayCall(node);
        return found ? false : undefined;
      });
      return found;
    }),
  );
}

const PLAIN: readonly ReadonlySet<string>[] = [FORMATTERS, MUTATORS, READERS];
