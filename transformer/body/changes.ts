import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Binding } from '../file/bindings.ts';
import { functionAround, isAssigned, isFunctionNode, unwrap } from '../syntax/nodes.ts';
import type { Body } from './body.ts';

/** Methods that change the object that they are called on. */
const CHANGING = /\.(push|unshift|splice|pop|shift|reverse|sort|fill|set|add|delete|clear|append)$/;

/** What hashes values. */
interface Hashes {
  print(value: ts.Expression): string;
  hashed(parts: readonly string[]): string;
}

interface Change {
  /** Position in the source. */
  readonly end: number;
  /** A hash of this change and of all before it. */
  readonly print: string;
}

/**
 * What variables are changed to. `x = 'a'; f(x); x = 'b'; f(x)` calls `f` with two values, although both calls are written
 * alike.
 */
export class Changes {
  private readonly body: Body;
  private readonly hashes: Hashes;
  private readonly known = new Map<Binding, readonly Change[]>();

  constructor(body: Body, hashes: Hashes) {
    this.body = body;
    this.hashes = hashes;
  }

  /** A hash of the changes that come before a use in the source; undefined if there are none. */
  before(binding: Binding, use: ts.Identifier): string | undefined {
    const changes = this.of(binding);
    if (changes.length === 0) return undefined;
    const { ts } = this.body.file;
    const home = isFunctionNode(ts, binding.scope) ? binding.scope : functionAround(ts, binding.scope);
    // A closure may be called after any of them.
    if (functionAround(ts, use) !== home) return changes.at(-1)?.print;
    return changes.findLast(({ end }) => end <= use.pos)?.print;
  }

  private of(binding: Binding): readonly Change[] {
    const known = this.known.get(binding);
    if (known) return known;
    const { ts, nodes } = this.body.file;
    const changes: Change[] = [];
    this.known.set(binding, changes);
    const { name } = binding.declaration as ts.VariableDeclaration;
    if (!name || !ts.isIdentifier(name)) return changes;
    for (const use of nodes.usesOf(name)) {
      const change = this.at(use);
      if (!change) continue;
      const print = this.hashes.hashed([changes.at(-1)?.print ?? '', ...change.parts]);
      changes.push({ end: change.node.end, print });
    }
    return changes;
  }

  /** `x = y`, `x.a = y`, `x.push(y)`; undefined for a use that changes neither the variable nor its value. */
  private at(use: ts.Expression): { readonly node: ts.Node; readonly parts: readonly string[] } | undefined {
    const { ts, sourceFile } = this.body.file;
    let at = use;
    let members = '';
    while (isMember(ts, at.parent) && at.parent.expression === at) {
      at = at.parent;
      members += ts.isPropertyAccessExpression(at)
        ? `.${at.name.text}`
        : `[${this.hashes.print((at as ts.ElementAccessExpression).argumentExpression)}]`;
    }
    const { parent } = at;
    if (ts.isCallExpression(parent) && parent.expression === at && CHANGING.test(members))
      return { node: parent, parts: [members, ...parent.arguments.map((value) => this.value(value))] };
    if (!isAssigned(ts, at)) return undefined;
    if (!ts.isBinaryExpression(parent) || parent.left !== at)
      return { node: at, parts: [members, 'assigned'] };
    return {
      node: parent,
      parts: [members, parent.operatorToken.getText(sourceFile), this.value(parent.right)],
    };
  }

  /** The code of a closure isn't part of an object that holds it. */
  private value(value: ts.Expression): string {
    const { ts } = this.body.file;
    const bare = unwrap(ts, value);
    return isFunctionNode(ts, bare) || ts.isClassLike(bare) ? 'closure' : this.hashes.print(bare);
  }
}

const isMember = (
  typescript: TypeScript,
  node: ts.Node,
): node is ts.PropertyAccessExpression | ts.ElementAccessExpression =>
  typescript.isPropertyAccessExpression(node) || typescript.isElementAccessExpression(node);
