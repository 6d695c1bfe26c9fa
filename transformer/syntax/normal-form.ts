import { createHash, type Hash } from 'node:crypto';
import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { isErased, unwrap } from './nodes.ts';

/**
 * Code without its layout, comments, types, parentheses, quotes and semicolons: its nodes, parents first, each with the number
 * of its children. Two pieces of code with the same normal form have the same meaning if their names have.
 */
export class NormalForm {
  private readonly ts: TypeScript;
  private readonly kinds: ReadonlyMap<ts.SyntaxKind, string>;

  constructor(ts: TypeScript) {
    this.ts = ts;
    this.kinds = kindNames(ts);
  }

  /**
   * Hashes the normal form of a node.
   *
   * @param replace returns the text that replaces a node and all nodes below it; undefined keeps the node
   */
  write(root: ts.Node, hash: Hash, replace: (node: ts.Node) => string | undefined): void {
    const { ts } = this;
    // Without recursion: the tree of a long sum is as deep as the sum is long.
    const stack = [root];
    const children: ts.Node[] = [];
    for (let next = stack.pop(); next; next = stack.pop()) {
      const node = this.bare(next);
      const text = replace(node);
      if (text !== undefined) {
        hash.update(`=${text}\n`);
        continue;
      }
      ts.forEachChild(node, (child) => {
        if (!this.isSilent(child)) children.push(child);
      });
      hash.update(`${this.label(node)} ${children.length}\n`);
      for (let child = children.pop(); child; child = children.pop()) stack.push(child);
    }
  }

  /** Without wrappers that have no meaning at run time. */
  private bare(node: ts.Node): ts.Node {
    const { ts } = this;
    return ts.isExpression(node) ? unwrap(ts, node) : node;
  }

  /** Nodes without a meaning at run time: types, modifiers of types, and empty statements. */
  private isSilent(node: ts.Node): boolean {
    const { ts } = this;
    if (isErased(ts, node)) return true;
    switch (node.kind) {
      case ts.SyntaxKind.EmptyStatement:
      case ts.SyntaxKind.EndOfFileToken:
      case ts.SyntaxKind.EqualsGreaterThanToken:
      case ts.SyntaxKind.ExclamationToken:
      case ts.SyntaxKind.PublicKeyword:
      case ts.SyntaxKind.PrivateKeyword:
      case ts.SyntaxKind.ProtectedKeyword:
      case ts.SyntaxKind.ReadonlyKeyword:
      case ts.SyntaxKind.OverrideKeyword:
      case ts.SyntaxKind.AbstractKeyword:
        return true;
      case ts.SyntaxKind.HeritageClause:
        return (node as ts.HeritageClause).token === ts.SyntaxKind.ImplementsKeyword;
      // TypeScript 7 has one at the second name of `namespace a.b`, where nothing is written.
      case ts.SyntaxKind.ExportKeyword:
        return ts.isModuleDeclaration(node.parent) && ts.isModuleDeclaration(node.parent.parent);
      // The `?` of an optional parameter. The `?.` of a call or an access has another kind.
      case ts.SyntaxKind.QuestionToken:
        return !ts.isConditionalExpression(node.parent);
      default:
        // Signatures of overloads.
        return (
          (ts.isFunctionDeclaration(node) ||
            ts.isMethodDeclaration(node) ||
            ts.isConstructorDeclaration(node)) &&
          node.body === undefined
        );
    }
  }

  private label(node: ts.Node): string {
    const { ts } = this;
    const kind = this.kinds.get(node.kind) ?? '';
    // `a['b']` is `a.b`.
    if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
      return this.kinds.get(ts.SyntaxKind.PropertyAccessExpression) ?? kind;
    }
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) return `name ${JSON.stringify(node.text)}`;
    if (ts.isStringLiteralLike(node)) {
      return isNameLike(ts, node) ? `name ${JSON.stringify(node.text)}` : `text ${JSON.stringify(node.text)}`;
    }
    if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
      return `${kind} ${this.kinds.get(node.operator)}`;
    }
    if (ts.isVariableDeclarationList(node)) return this.isDisposed(node) ? `${kind} using` : kind;
    if (ts.isMetaProperty(node)) return `${kind} ${this.kinds.get(node.keywordToken)}`;
    if ('text' in node && typeof node.text === 'string') return `${kind} ${JSON.stringify(node.text)}`;
    return kind;
  }

  /** `const` and `let` count as the same, since a formatter may replace one by the other. `using` disposes. */
  private isDisposed({ flags }: ts.VariableDeclarationList): boolean {
    const { NodeFlags } = this.ts;
    return (flags & NodeFlags.Using) === NodeFlags.Using;
  }
}

/** `{ 'a': 1 }` and `a['b']`, which have the same meaning without the quotes. */
function isNameLike(ts: TypeScript, node: ts.StringLiteralLike): boolean {
  const { parent } = node;
  if (ts.isElementAccessExpression(parent)) return parent.argumentExpression === node;
  return (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent)) && parent.name === node;
}

/** Some kinds have several names. The first is the real one; the others mark ranges. */
function kindNames(ts: TypeScript): ReadonlyMap<ts.SyntaxKind, string> {
  const known = namesOf.get(ts);
  if (known) return known;
  const names = new Map<ts.SyntaxKind, string>();
  const { SyntaxKind } = ts;
  for (const name in SyntaxKind) {
    const kind: unknown = SyntaxKind[name as keyof typeof SyntaxKind];
    if (typeof kind === 'number' && !names.has(kind)) names.set(kind, name);
  }
  namesOf.set(ts, names);
  return names;
}

const namesOf = new WeakMap<TypeScript, ReadonlyMap<ts.SyntaxKind, string>>();

/** Finishes a hash and returns it as text of `length` characters, 6 bits each. */
export const digest = (hash: Hash, length: number): string => hash.digest('base64url').slice(0, length);

export const newHash = (): Hash => createHash('sha256');
