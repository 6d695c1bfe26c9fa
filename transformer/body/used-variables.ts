import type ts from 'typescript';
import type { Binding } from '../file/bindings.ts';
import { contains, isFunctionNode, isReference, unwrap, walk } from '../syntax/nodes.ts';
import type { Body } from './body.ts';
import { functionOf } from './callees.ts';

/**
 * The variables of the durable function that the code of a step uses, if they may have another value later. After a crash, an
 * interrupted step is called again. The runtime reads these variables to check whether the step would get the same values.
 *
 * @param handed the arguments of the step; functions in them run in the step
 * @param code code that is evaluated inside the step as a whole: the links of a chain
 * @returns the text between the scope and the name of its method in compiled code
 */
export function usesText(
  body: Body,
  at: ts.Node,
  handed: readonly ts.Node[],
  code: readonly ts.Node[] = [],
): string {
  const names = new UsedVariables(body, at).collect(handed, code);
  return names.length === 0 ? '' : `.uses(() => [${names.join(', ')}])`;
}

class UsedVariables {
  private readonly body: Body;
  private readonly at: ts.Node;
  /** Code that runs inside the step. Variables that are declared in it belong to the step. */
  private readonly code: ts.Node[] = [];
  private readonly names = new Set<string>();

  constructor(body: Body, at: ts.Node) {
    this.body = body;
    this.at = at;
  }

  collect(handed: readonly ts.Node[], code: readonly ts.Node[]): readonly string[] {
    for (const node of handed) this.enterFunctionsIn(node);
    for (const node of code) this.enter(node);
    return [...this.names];
  }

  private enterFunctionsIn(node: ts.Node): void {
    const { ts } = this.body.file;
    walk(ts, node, (inner) => {
      if (isFunctionNode(ts, inner) || ts.isClassLike(inner)) {
        this.enter(inner);
        return false;
      }
      const fn = ts.isIdentifier(inner) && isReference(ts, inner) ? this.functionNamed(inner) : undefined;
      if (fn) this.enter(fn);
      return undefined;
    });
  }

  /** Adds code of the step, with the functions of the body that it calls. */
  private enter(code: ts.Node): void {
    if (this.code.some((known) => contains(known, code))) return;
    this.code.push(code);
    const { ts, bindings } = this.body.file;
    walk(ts, code, (node) => {
      if (node.kind === ts.SyntaxKind.ThisKeyword) this.useThis(node);
      if (!ts.isIdentifier(node) || !isReference(ts, node)) return;
      const binding = bindings.resolve(node);
      if (!binding || !this.body.isLocal(binding)) return;
      const fn = functionOf(this.body.file, binding);
      if (fn) this.enter(fn);
      else this.use(binding);
    });
  }

  private use(binding: Binding): void {
    const { bindings } = this.body.file;
    if (this.code.some((code) => contains(code, binding.scope)) || this.isFixed(binding)) return;
    // A variable whose name is shadowed here can't be named.
    if (bindings.lookup(binding.name, this.at) === binding) this.names.add(binding.name);
  }

  /** `this` of an instance is data of the run. `this` of another durable method belongs to a module. */
  private useThis(node: ts.Node): void {
    const { ts } = this.body.file;
    for (let at = node.parent; at && !this.code.includes(at); at = at.parent)
      if ((isFunctionNode(ts, at) && !ts.isArrowFunction(at)) || ts.isClassLike(at)) return;
    const owner = this.code.find((code) => contains(code, node));
    if (owner && isFunctionNode(ts, owner) && !ts.isArrowFunction(owner)) return;
    if (this.body.durable.ofInstances || !this.body.isOwnThis(node)) this.names.add('this');
  }

  private functionNamed(name: ts.Identifier): ts.Node | undefined {
    const binding = this.body.file.bindings.resolve(name);
    return binding && this.body.isLocal(binding) ? functionOf(this.body.file, binding) : undefined;
  }

  /** A class, an enum, or a constant that is one literal. */
  private isFixed({ declaration }: Binding): boolean {
    const { ts } = this.body.file;
    if (ts.isClassLike(declaration) || ts.isEnumDeclaration(declaration)) return true;
    if (!ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name)) return false;
    if (!(declaration.parent.flags & ts.NodeFlags.Const) || !declaration.initializer) return false;
    const value = unwrap(ts, declaration.initializer);
    return ts.isLiteralExpression(value) && !ts.isRegularExpressionLiteral(value);
  }
}
