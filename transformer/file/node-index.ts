import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { type FunctionNode, isErased, isMemberName } from '../syntax/nodes.ts';
import type { Binding, Bindings } from './bindings.ts';

/**
 * The nodes of a file that exist at run time, listed once. Passes over a function or the file go through the list instead of
 * the tree. The uses of a name are found without any walk.
 */
export class NodeIndex {
  private readonly ts: TypeScript;
  private readonly bindings: Bindings;
  /** In source order, parents first. */
  private readonly nodes: ts.Node[] = [];
  /** The index of each node in the list. */
  private readonly places = new Map<ts.Node, number>();
  /** For each index, the number of nodes in the subtree. */
  private readonly sizes: number[] = [];
  private readonly byKind = new Map<ts.SyntaxKind, ts.Node[]>();
  private readonly byName = new Map<string, ts.Identifier[]>();
  private readonly byBinding = new Map<string, Map<Binding | undefined, ts.Identifier[]>>();

  constructor(ts: TypeScript, sourceFile: ts.SourceFile, bindings: Bindings) {
    this.ts = ts;
    this.bindings = bindings;
    const { nodes, places, sizes, byKind, byName } = this;
    for (const kind of listedKinds(ts)) byKind.set(kind, []);
    const parents: number[] = [];
    // Without recursion: the tree of a long sum is as deep as the sum is long.
    const stack: ts.Node[] = [sourceFile];
    const above: number[] = [-1];
    const children: ts.Node[] = [];
    const collect = (child: ts.Node): void => void children.push(child);
    for (let node = stack.pop(); node; node = stack.pop()) {
      const parent = above.pop()!;
      if (isErased(ts, node)) continue;
      const place = nodes.length;
      nodes.push(node);
      places.set(node, place);
      sizes.push(1);
      parents.push(parent);
      if (ts.isIdentifier(node)) {
        const same = byName.get(node.text);
        if (same) same.push(node);
        else byName.set(node.text, [node]);
        continue;
      }
      byKind.get(node.kind)?.push(node);
      ts.forEachChild(node, collect);
      for (let child = children.pop(); child; child = children.pop()) {
        stack.push(child);
        above.push(place);
      }
    }
    for (let place = nodes.length - 1; place > 0; place--) sizes[parents[place]!]! += sizes[place]!;
  }

  /**
   * Calls `visit` for a node of the index and all nodes below it, parents first. If `visit` returns `false`, the children are
   * skipped.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a visitor that returns nothing goes on
  walk(node: ts.Node, visit: (node: ts.Node) => boolean | void): void {
    const start = this.places.get(node);
    if (start === undefined) return;
    const end = start + this.sizes[start]!;
    for (let place = start; place < end; ) {
      place += visit(this.nodes[place]!) === false ? this.sizes[place]! : 1;
    }
  }

  /** The nodes of one of the kinds that have lists of their own, in source order. */
  ofKind<Node extends ts.Node>(kind: Node['kind']): readonly Node[] {
    return (this.byKind.get(kind) ?? []) as readonly ts.Node[] as readonly Node[];
  }

  /** The identifiers whose text matches, in the order in which their names first appear. */
  identifiersLike(pattern: RegExp): ts.Identifier[] {
    return [...this.byName].flatMap(([name, same]) => (pattern.test(name) ? same : []));
  }

  /** Whether any identifier of the file has this text. */
  hasName(text: string): boolean {
    return this.byName.has(text);
  }

  /**
   * The identifiers that refer to the same variable as `name`, itself included, in source order. Names of members are not among
   * them.
   */
  usesOf(name: ts.Identifier): readonly ts.Identifier[] {
    const { bindings } = this;
    let groups = this.byBinding.get(name.text);
    if (!groups) {
      groups = new Map();
      for (const use of this.byName.get(name.text) ?? []) {
        if (isMemberName(this.ts, use)) continue;
        const binding = bindings.resolve(use);
        const same = groups.get(binding);
        if (same) same.push(use);
        else groups.set(binding, [use]);
      }
      this.byBinding.set(name.text, groups);
    }
    return groups.get(bindings.resolve(name)) ?? [];
  }
}

/** Kinds that passes look for in the whole file, although most nodes of the file belong to no durable function. */
const listedKinds = (ts: TypeScript): readonly ts.SyntaxKind[] => [
  ...functionKinds(ts),
  ts.SyntaxKind.BinaryExpression,
  ts.SyntaxKind.ClassDeclaration,
  ts.SyntaxKind.ExpressionStatement,
];

/** See `FunctionNode`. */
export const functionKinds = (ts: TypeScript): readonly FunctionNode['kind'][] => [
  ts.SyntaxKind.FunctionDeclaration,
  ts.SyntaxKind.FunctionExpression,
  ts.SyntaxKind.ArrowFunction,
  ts.SyntaxKind.MethodDeclaration,
  ts.SyntaxKind.Constructor,
  ts.SyntaxKind.GetAccessor,
  ts.SyntaxKind.SetAccessor,
];
