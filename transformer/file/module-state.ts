import type ts from 'typescript';
import { MUTATORS } from '../syntax/method-names.ts';
import { functionAround, isAssigned, unwrap } from '../syntax/nodes.ts';
import { holdsCollection, pathRootOf, targetsOf } from '../syntax/writes.ts';
import type { Binding } from './bindings.ts';
import type { FileContext } from './file-context.ts';

/**
 * Which variables of a module, and of its namespaces, change while the process runs. Changes by the module's own statements are
 * complete before any durable function runs, and are the same after a restart.
 */
export class ModuleState {
  private readonly file: FileContext;
  private readonly known = new Map<ts.Node, ts.Node | undefined>();

  constructor(file: FileContext) {
    this.file = file;
  }

  /**
   * The first change of the variable of the module that a name refers to; undefined for other names, and for variables that are
   * set once.
   */
  firstChangeOf(name: ts.Identifier): ts.Node | undefined {
    const binding = this.variableOf(name);
    if (!binding) return undefined;
    const { declaration } = binding;
    if (!this.known.has(declaration)) this.known.set(declaration, this.find(name, binding));
    return this.known.get(declaration);
  }

  /** The assignment or call at a name that changes a variable of the module, or the contents of its value. */
  changeAt(name: ts.Identifier): ts.Node | undefined {
    const { ts } = this.file;
    const binding = this.variableOf(name);
    if (!binding) return undefined;
    for (let at: ts.Node = name.parent; at; at = at.parent) {
      if (targetsOf(ts, at).some((target) => this.isChanged(binding, name, target))) return at;
      if (ts.isCallExpression(at) && this.isChangedBy(binding, name, at)) return at;
      if (ts.isStatement(at)) return undefined;
    }
    return undefined;
  }

  /** The declaration of the member that is accessed on a namespace: of `n` in `counters.n`. */
  memberBehind(
    name: ts.Identifier,
  ): { readonly access: ts.PropertyAccessExpression; readonly variable: ts.Identifier } | undefined {
    const { ts, bindings } = this.file;
    const access = name.parent;
    const declaration = bindings.resolve(name)?.declaration;
    if (!ts.isPropertyAccessExpression(access) || access.expression !== name) return undefined;
    if (!declaration || !ts.isModuleDeclaration(declaration)) return undefined;
    const { body } = declaration;
    if (!body || !ts.isModuleBlock(body)) return undefined;
    const member = bindings.lookup(access.name.text, body);
    if (member?.scope !== body || !ts.isVariableDeclaration(member.declaration)) return undefined;
    const variable = member.declaration.name;
    return ts.isIdentifier(variable) ? { access, variable } : undefined;
  }

  private find(name: ts.Identifier, binding: Binding): ts.Node | undefined {
    const { ts, nodes, sourceFile } = this.file;
    const changes = nodes
      .usesOf(name)
      .filter((use) => functionAround(ts, use))
      .map((use) => this.changeAt(use))
      .filter((change) => change !== undefined);
    const space = binding.scope.parent;
    if (space && ts.isModuleDeclaration(space) && ts.isIdentifier(space.name)) {
      for (const use of nodes.usesOf(space.name)) {
        const member = this.memberBehind(use);
        if (member?.variable.text !== name.text || !functionAround(ts, use)) continue;
        if (isAssigned(ts, member.access)) changes.push(member.access);
      }
    }
    const { initializer } = binding.declaration as ts.VariableDeclaration;
    const empty = !initializer || /^(undefined|null)$/.test(initializer.getText(sourceFile));
    // A variable for a client or a connection, which is set when the program starts.
    return empty && changes.length < 2 ? undefined : changes[0];
  }

  private isChanged(binding: Binding, name: ts.Identifier, target: ts.Expression): boolean {
    const path = pathRootOf(this.file.ts, target);
    return path?.root === name && (!path.deep || this.holdsData(binding));
  }

  private isChangedBy({ declaration }: Binding, name: ts.Identifier, call: ts.CallExpression): boolean {
    const { ts } = this.file;
    const callee = unwrap(ts, call.expression);
    if (!ts.isPropertyAccessExpression(callee) || !MUTATORS.has(callee.name.text)) return false;
    const path = pathRootOf(ts, callee.expression);
    return path?.root === name && !path.deep && holdsCollection(ts, declaration);
  }

  /** The declaration of the variable of the module that a name refers to. */
  variableAt(name: ts.Identifier): ts.Node | undefined {
    return this.variableOf(name)?.declaration;
  }

  private variableOf(name: ts.Identifier): Binding | undefined {
    const { ts, bindings } = this.file;
    const binding = bindings.resolve(name);
    if (!binding || !(ts.isSourceFile(binding.scope) || ts.isModuleBlock(binding.scope))) return undefined;
    return ts.isVariableDeclaration(binding.declaration) && ts.isIdentifier(binding.declaration.name)
      ? binding
      : undefined;
  }

  private holdsData({ declaration }: Binding): boolean {
    const { ts } = this.file;
    if (holdsCollection(ts, declaration)) return true;
    const { initializer } = declaration as ts.VariableDeclaration;
    return initializer !== undefined && ts.isObjectLiteralExpression(unwrap(ts, initializer));
  }
}
