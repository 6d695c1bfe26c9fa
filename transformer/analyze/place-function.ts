import type ts from 'typescript';
import type { FileContext } from './context.ts';
import { type FunctionNode, isFunctionNode, walk } from './syntax.ts';

/** Where a durable function stands, and what follows from that. */
export interface Place {
  /** What the function is called from there. */
  readonly id: string;
  /**
   * - `hoisted`: a declaration; bound by name at the head of its block, before any code can call it;
   * - `arrow`: wrapped where it stands, since an arrow has no `arguments` to hand on;
   * - `bound`: a function expression or method; bound by `reference` behind its statement.
   */
  readonly form: 'hoisted' | 'arrow' | 'bound';
  /** Source text that evaluates to the function at that place; empty for an anonymous default export. */
  readonly reference: string;
  /** The const that `reference` starts with, where it is one. */
  readonly root: ts.Identifier | undefined;
  /** Source text of the object or class that the function is a member of; its `this` after a restart. */
  readonly receiver: string | undefined;
  /** What the function's `name` is. */
  readonly name: string;
  /** The statement it is part of. */
  readonly statement: ts.Statement;
}

/** Name and form of a function that has a directive, from where it stands. */
export function placeOf(
  file: FileContext,
  node: FunctionNode,
): Place | 'instance' | 'misplaced' | 'nameless' {
  const { ts } = file;
  if (ts.isFunctionDeclaration(node)) {
    if (!isTopLevel(file, node)) return 'misplaced';
    const space = namespaceOf(file, node);
    const reference = node.name?.text ?? '';
    const name = reference || 'default';
    return {
      id: space + name,
      form: 'hoisted',
      reference,
      root: undefined,
      receiver: undefined,
      name,
      statement: node,
    };
  }
  const arrow = ts.isArrowFunction(node);
  // Walk outwards: property of a literal, member of a class, then the const or the default export that holds it all.
  const path: string[] = [];
  let at: ts.Node = node;
  for (;;) {
    const parent: ts.Node = at.parent;
    if (ts.isParenthesizedExpression(parent) || ts.isSatisfiesExpression(parent) || ts.isAsExpression(parent))
      at = parent;
    else if (ts.isMethodDeclaration(at) || ts.isPropertyAssignment(at) || ts.isPropertyDeclaration(at)) {
      const name = at.name;
      if (!ts.isIdentifier(name) && !ts.isStringLiteral(name)) return 'nameless';
      path.unshift(name.text);
      if (ts.isClassLike(parent)) {
        const modifiers = ts.canHaveModifiers(at) ? at.modifiers : undefined;
        if (!modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.StaticKeyword)) return 'instance';
        if (ts.isClassDeclaration(parent)) {
          if (!isTopLevel(file, parent)) return 'misplaced';
          if (!parent.name) return 'nameless';
          return place([parent.name.text, ...path], parent);
        }
      }
      at = parent;
    } else if (
      ts.isPropertyAssignment(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isObjectLiteralExpression(parent)
    )
      at = parent;
    else if (ts.isVariableDeclaration(parent) && parent.initializer === at) {
      const statement = parent.parent.parent;
      if (!ts.isIdentifier(parent.name) || !ts.isVariableStatement(statement) || !isTopLevel(file, statement))
        return 'misplaced';
      if (!(parent.parent.flags & ts.NodeFlags.Const)) return 'misplaced';
      return place([parent.name.text, ...path], statement, parent.name);
    } else if (ts.isExportAssignment(parent) && path.length === 0 && arrow) {
      return {
        id: 'default',
        form: 'arrow',
        reference: '',
        root: undefined,
        receiver: undefined,
        name: 'default',
        statement: parent,
      };
    } else return ts.isExportAssignment(parent) ? 'nameless' : 'misplaced';
  }

  function place(names: readonly string[], statement: ts.Statement, root?: ts.Identifier): Place {
    const [first = '', ...rest] = names;
    const access = rest.map((name) =>
      /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`,
    );
    return {
      id: namespaceOf(file, statement) + names.join('.'),
      form: arrow ? 'arrow' : 'bound',
      reference: first + access.join(''),
      root,
      receiver: access.length > 0 ? first + access.slice(0, -1).join('') : undefined,
      name: names.at(-1) ?? '',
      statement,
    };
  }
}

/** At the top of the module, or of namespaces at its top. */
function isTopLevel(file: FileContext, statement: ts.Node): boolean {
  const { ts } = file;
  for (let at = statement.parent; ; at = at.parent) {
    if (ts.isSourceFile(at)) return true;
    if (!ts.isModuleBlock(at) && !ts.isModuleDeclaration(at)) return false;
  }
}

function namespaceOf(file: FileContext, statement: ts.Node): string {
  let prefix = '';
  for (let at = statement.parent; at; at = at.parent)
    if (file.ts.isModuleDeclaration(at)) prefix = `${at.name.text}.${prefix}`;
  return prefix;
}

/** Whether a function reads its own `this`. */
export function usesThis(file: FileContext, node: FunctionNode): boolean {
  const { ts } = file;
  if (ts.isArrowFunction(node)) return false;
  let found = false;
  walk(ts, node, (inner) => {
    if (inner.kind === ts.SyntaxKind.ThisKeyword) found = true;
    if (
      inner !== node &&
      ((isFunctionNode(ts, inner) && !ts.isArrowFunction(inner)) || ts.isClassLike(inner))
    )
      return false;
    return undefined;
  });
  return found;
}
