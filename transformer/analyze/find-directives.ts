import type ts from 'typescript';
import type { FileContext } from './context.ts';
import {
  type FunctionNode,
  functionAround,
  isAsync,
  isErased,
  isFunctionNode,
  isGenerator,
  unwrap,
  walk,
} from './syntax.ts';

/**
 * Pass 1. Finds the durable functions of a file and gives each its id; reports directives that are misspelt or stand
 * where they can't work.
 */

/** A durable function as it stands in the source. */
export interface DurableFunction {
  readonly node: FunctionNode;
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

const DIRECTIVE = 'use durable';
const ID = /^[\p{ID_Start}$_][\p{ID_Continue}$.-]*$/u;

/** Whether a text may hold a directive, misspelt ones included; everything else leaves the compiler untouched. */
export function mayHoldDirective(text: string): boolean {
  return /["'`]\s*use.?\s*dur/i.test(text);
}

export function findDirectives(file: FileContext): DurableFunction[] {
  const { ts, sourceFile, reporter } = file;
  const found: DurableFunction[] = [];
  const seen = new Set<ts.Node>();

  const whole = directiveOf(file, sourceFile.statements);
  if (whole) {
    seen.add(whole.statement);
    if (whole.id !== undefined) reporter.report('badId', whole.statement, whole.id);
    for (const node of exportedFunctions(file))
      if (isAsync(ts, node) && !isGenerator(node)) add(node, undefined, node);
  }

  walk(ts, sourceFile, (node) => {
    if (isFunctionNode(ts, node) && node.body && ts.isBlock(node.body)) {
      const directive = directiveOf(file, node.body.statements);
      if (directive) {
        seen.add(directive.statement);
        if (!found.some((known) => known.node === node)) add(node, directive.id, directive.statement);
      }
    }
    const literal =
      ts.isExpressionStatement(node) && !seen.has(node) ? unwrap(ts, node.expression) : undefined;
    if (literal && ts.isStringLiteralLike(literal)) {
      const { text } = literal;
      if (parseDirective(text)) {
        reporter.report('directiveMisplaced', node, 'it is not the first statement of a function');
      } else if (looksLikeDirective(text)) reporter.report('directiveMisspelt', node, text);
    }
  });

  const byId = new Map<string, DurableFunction>();
  for (const durable of found) {
    const other = byId.get(durable.id);
    if (!other) byId.set(durable.id, durable);
    else
      reporter.report(
        'duplicateId',
        nameNode(durable.node),
        durable.id,
        String(file.positionOf(other.node).line),
      );
  }
  return [...byId.values()].sort((a, b) => a.node.pos - b.node.pos);

  function add(node: FunctionNode, explicitId: string | undefined, at: ts.Node): void {
    if (explicitId !== undefined && !ID.test(explicitId)) return reporter.report('badId', at, explicitId);
    if (isGenerator(node)) return reporter.report('generator', at);
    if (ts.isConstructorDeclaration(node) || ts.isAccessor(node)) {
      return reporter.report('directiveMisplaced', at, 'a constructor or accessor cannot be durable');
    }
    if (!isAsync(ts, node)) return reporter.report('notAsync', at);
    if (functionAround(ts, node)) {
      return reporter.report(
        'directiveMisplaced',
        at,
        'the function is inside another function, so it cannot be found after a restart',
      );
    }
    if (!ts.isExternalModule(sourceFile)) return reporter.report('notAModule', at);
    const place = placeOf(file, node);
    if (place === 'instance') return reporter.report('instanceMethod', at);
    if (place === 'misplaced') {
      return reporter.report(
        'directiveMisplaced',
        at,
        'the function is not bound to a name at the top level of its module',
      );
    }
    if (place === 'nameless') return reporter.report('noStableName', at);
    if (!place.receiver && usesThis(file, node)) return reporter.report('thisInFunction', at);
    found.push({ ...place, node, id: explicitId ?? place.id });
  }
}

interface FoundDirective {
  readonly statement: ts.Statement;
  readonly id: string | undefined;
}

/** The durable directive in the prologue of a body. */
function directiveOf(file: FileContext, statements: readonly ts.Statement[]): FoundDirective | undefined {
  const { ts } = file;
  for (const statement of statements) {
    if (!ts.isExpressionStatement(statement) || !ts.isStringLiteral(statement.expression)) return undefined;
    const parsed = parseDirective(statement.expression.text);
    if (parsed) return { statement, id: parsed.id };
  }
  return undefined;
}

/** `'use durable'`, or `'use durable as some-id'` for an id that survives a renaming of the function. */
function parseDirective(text: string): { id: string | undefined } | undefined {
  if (text === DIRECTIVE) return { id: undefined };
  if (text.startsWith(`${DIRECTIVE} as `)) return { id: text.slice(DIRECTIVE.length + 4).trim() };
  return undefined;
}

function looksLikeDirective(text: string): boolean {
  return (
    text.length < 40 &&
    /^\s*use.?\s*dur\w*\b/i.test(text) &&
    distance(text.trim().toLowerCase(), DIRECTIVE) <= 3
  );
}

/** Edit distance after Wagner and Fischer (1974), one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

type Place = Pick<DurableFunction, 'id' | 'form' | 'reference' | 'root' | 'receiver' | 'name' | 'statement'>;

/** Name and form of a function that has a directive, from where it stands. */
function placeOf(file: FileContext, node: FunctionNode): Place | 'instance' | 'misplaced' | 'nameless' {
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
function usesThis(file: FileContext, node: FunctionNode): boolean {
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

function nameNode(node: FunctionNode): ts.Node {
  return 'name' in node && node.name ? node.name : node;
}

/** The functions that a file exports by declaration; what a directive at the top of the file is for. */
function exportedFunctions(file: FileContext): FunctionNode[] {
  const { ts, sourceFile } = file;
  const functions: FunctionNode[] = [];
  const exported = new Set<string>();
  for (const statement of sourceFile.statements) {
    if (
      ts.isExportDeclaration(statement) &&
      !statement.moduleSpecifier &&
      statement.exportClause &&
      ts.isNamedExports(statement.exportClause)
    ) {
      for (const element of statement.exportClause.elements)
        exported.add((element.propertyName ?? element.name).text);
    }
  }
  for (const statement of sourceFile.statements) {
    if (isErased(ts, statement)) continue;
    const isExported =
      ts.canHaveModifiers(statement) &&
      statement.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);
    if (ts.isFunctionDeclaration(statement) && statement.body) {
      if (isExported || exported.has(statement.name?.text ?? '')) functions.push(statement);
    } else if (ts.isVariableStatement(statement)) {
      for (const { name, initializer } of statement.declarationList.declarations) {
        if (!initializer || !ts.isIdentifier(name) || !(isExported || exported.has(name.text))) continue;
        if (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer))
          functions.push(initializer);
      }
    } else if (ts.isExportAssignment(statement) && ts.isArrowFunction(statement.expression))
      functions.push(statement.expression);
  }
  return functions;
}
