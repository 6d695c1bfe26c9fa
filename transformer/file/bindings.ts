import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { isErased, isFunctionNode, unwrap } from '../syntax/nodes.ts';

/**
 * Resolves names to declarations by syntax only. The text emitter has no type checker, and both emitters must decide the same.
 */
export interface Binding {
  readonly name: string;
  /** The node that declares it: a specifier, a variable declaration, a binding element, a parameter, a function, ... */
  readonly declaration: ts.Node;
  /** The node whose scope holds it. */
  readonly scope: ts.Node;
}

export class Bindings {
  private readonly ts: TypeScript;
  private readonly scopes = new Map<ts.Node, ReadonlyMap<string, Binding>>();
  private readonly nearest = new Map<ts.Node, ts.Node>();
  private readonly resolved = new Map<ts.Identifier, Binding | undefined>();

  constructor(ts: TypeScript) {
    this.ts = ts;
  }

  /** The binding an identifier refers to; undefined for a global. */
  resolve(identifier: ts.Identifier): Binding | undefined {
    const known = this.resolved.get(identifier);
    if (known || this.resolved.has(identifier)) return known;
    const binding = this.lookup(identifier.text, identifier);
    this.resolved.set(identifier, binding);
    return binding;
  }

  /** The binding a name has at a node; undefined for a global. */
  lookup(name: string, at: ts.Node): Binding | undefined {
    for (let scope = this.scopeAt(at); scope; scope = scope.parent && this.scopeAt(scope.parent)) {
      const found = this.declared(scope).get(name);
      if (found) return found;
    }
    return undefined;
  }

  /** The innermost scope that contains a node, or the node itself. */
  private scopeAt(at: ts.Node): ts.Node | undefined {
    let top: ts.Node | undefined = at;
    let scope = this.nearest.get(top);
    while (top && !scope) {
      if (this.isScope(top)) scope = top;
      else {
        top = top.parent;
        scope = this.nearest.get(top);
      }
    }
    // Cached for all nodes on the way: most lookups start in a statement from which another lookup started.
    if (scope) for (let node = at; node !== top; node = node.parent) this.nearest.set(node, scope);
    return scope;
  }

  private declared(scope: ts.Node): ReadonlyMap<string, Binding> {
    const known = this.scopes.get(scope);
    if (known) return known;
    const declared = new DeclaredNames(this.ts, scope);
    declared.collect();
    this.scopes.set(scope, declared.names);
    return declared.names;
  }

  private isScope(node: ts.Node): boolean {
    const { ts } = this;
    return (
      ts.isBlock(node) ||
      isFunctionNode(ts, node) ||
      ts.isSourceFile(node) ||
      ts.isModuleBlock(node) ||
      ts.isForStatement(node) ||
      ts.isForOfStatement(node) ||
      ts.isForInStatement(node) ||
      ts.isCaseBlock(node) ||
      ts.isCatchClause(node) ||
      ts.isClassLike(node) ||
      ts.isClassStaticBlockDeclaration(node)
    );
  }
}

/** Collects the names that a scope declares. */
class DeclaredNames {
  readonly names = new Map<string, Binding>();
  private readonly ts: TypeScript;
  private readonly scope: ts.Node;

  constructor(ts: TypeScript, scope: ts.Node) {
    this.ts = ts;
    this.scope = scope;
  }

  collect(): void {
    const { ts, scope } = this;
    if (isFunctionNode(ts, scope)) {
      for (const parameter of scope.parameters) this.add(parameter.name, parameter);
      if (scope.body) this.hoisted(scope.body);
      if (ts.isFunctionExpression(scope)) this.add(scope.name, scope);
    } else if (ts.isClassStaticBlockDeclaration(scope)) this.hoisted(scope.body);
    else if (ts.isSourceFile(scope) || ts.isModuleBlock(scope)) {
      this.statements(scope.statements);
      for (const statement of scope.statements) {
        if (
          !isFunctionNode(ts, statement) &&
          !ts.isClassLike(statement) &&
          !ts.isModuleDeclaration(statement)
        )
          this.hoisted(statement);
      }
    } else if (ts.isBlock(scope)) this.statements(scope.statements);
    else if (ts.isCaseBlock(scope)) for (const clause of scope.clauses) this.statements(clause.statements);
    else if (ts.isCatchClause(scope)) this.add(scope.variableDeclaration?.name, scope);
    else if (ts.isClassExpression(scope)) this.add(scope.name, scope);
    else if (ts.isForStatement(scope) || ts.isForOfStatement(scope) || ts.isForInStatement(scope)) {
      const initializer = scope.initializer;
      if (initializer && ts.isVariableDeclarationList(initializer)) this.declareScoped(initializer);
    }
  }

  private add(name: ts.BindingName | undefined, declaration: ts.Node): void {
    const { ts, scope, names } = this;
    if (!name) return;
    if (ts.isIdentifier(name)) {
      if (!names.has(name.text)) names.set(name.text, { name: name.text, declaration, scope });
      return;
    }
    for (const element of name.elements) if (ts.isBindingElement(element)) this.add(element.name, element);
  }

  /** `var` belongs to the function that contains it: see `hoisted`. */
  private declareScoped(list: ts.VariableDeclarationList): void {
    if (list.flags & this.ts.NodeFlags.BlockScoped) this.declareList(list);
  }

  private declareList(list: ts.VariableDeclarationList): void {
    for (const declaration of list.declarations) this.add(declaration.name, declaration);
  }

  private statements(list: readonly ts.Statement[]): void {
    const { ts } = this;
    for (const statement of list) {
      if (isErased(ts, statement)) continue;
      if (ts.isVariableStatement(statement)) this.declareScoped(statement.declarationList);
      else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
        this.add(statement.name, statement);
      else if (ts.isEnumDeclaration(statement)) this.add(statement.name, statement);
      else if (ts.isModuleDeclaration(statement) && ts.isIdentifier(statement.name))
        this.add(statement.name, statement);
      else if (ts.isImportEqualsDeclaration(statement)) this.add(statement.name, statement);
      else if (ts.isImportDeclaration(statement)) this.imported(statement);
    }
  }

  private imported(statement: ts.ImportDeclaration): void {
    const { ts } = this;
    const clause = statement.importClause;
    this.add(clause?.name, clause ?? statement);
    const bindings = clause?.namedBindings;
    if (bindings && ts.isNamespaceImport(bindings)) this.add(bindings.name, bindings);
    else if (bindings) for (const element of bindings.elements) this.add(element.name, element);
  }

  private hoisted(node: ts.Node): void {
    const { ts } = this;
    if (ts.isVariableDeclarationList(node) && !(node.flags & ts.NodeFlags.BlockScoped))
      this.declareList(node);
    ts.forEachChild(node, (child) => {
      if (!isFunctionNode(ts, child) && !ts.isClassLike(child) && !isErased(ts, child)) this.hoisted(child);
    });
  }
}

/** The origin of an imported name: the module, and its name there (`default`, or `*` for the whole namespace). */
export interface ImportedName {
  readonly module: string;
  readonly name: string;
}

export function importOf(ts: TypeScript, binding: Binding | undefined): ImportedName | undefined {
  const declaration = binding?.declaration;
  if (!declaration) return undefined;
  if (ts.isImportSpecifier(declaration)) {
    const from = declaration.parent.parent.parent.moduleSpecifier;
    return ts.isStringLiteral(from)
      ? { module: from.text, name: (declaration.propertyName ?? declaration.name).text }
      : undefined;
  }
  if (ts.isImportClause(declaration)) {
    const from = declaration.parent.moduleSpecifier;
    return ts.isStringLiteral(from) ? { module: from.text, name: 'default' } : undefined;
  }
  if (ts.isNamespaceImport(declaration)) {
    const from = declaration.parent.parent.moduleSpecifier;
    return ts.isStringLiteral(from) ? { module: from.text, name: '*' } : undefined;
  }
  if (ts.isImportEqualsDeclaration(declaration)) {
    const { moduleReference: from } = declaration;
    return ts.isExternalModuleReference(from) && ts.isStringLiteral(from.expression)
      ? { module: from.expression.text, name: '*' }
      : undefined;
  }
  return requiredBy(ts, declaration);
}

/** `const x = require('m')` and `const { name: x } = require('m')`. */
function requiredBy(ts: TypeScript, declaration: ts.Node): ImportedName | undefined {
  const element = ts.isBindingElement(declaration) ? declaration : undefined;
  if (
    element &&
    (!ts.isObjectBindingPattern(element.parent) || element.dotDotDotToken || element.initializer)
  )
    return undefined;
  const variable = element ? element.parent.parent : declaration;
  if (!ts.isVariableDeclaration(variable) || !variable.initializer) return undefined;
  if (!(variable.parent.flags & ts.NodeFlags.Const)) return undefined;
  const call = unwrap(ts, variable.initializer);
  if (!ts.isCallExpression(call) || !ts.isIdentifier(call.expression) || call.expression.text !== 'require')
    return undefined;
  const [from] = call.arguments;
  if (!from || !ts.isStringLiteral(from)) return undefined;
  if (!element) return ts.isIdentifier(variable.name) ? { module: from.text, name: '*' } : undefined;
  const key = element.propertyName ?? element.name;
  return ts.isIdentifier(key) || ts.isStringLiteral(key) ? { module: from.text, name: key.text } : undefined;
}
