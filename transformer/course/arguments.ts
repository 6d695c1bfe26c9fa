import type ts from 'typescript';
import type { Binding } from '../file/bindings.ts';
import { type FunctionNode, isFunctionNode, unwrap } from '../syntax/nodes.ts';
import { type Given, Marker } from './marker.ts';

/** The marks of arguments that decide something in the closure that gets them, or of which calls it makes. */
export abstract class ArgumentReader extends Marker {
  protected readonly relevant: ReadonlySet<Binding>;

  /** @param relevant the variables on which something is known to depend */
  constructor(given: Given, relevant: ReadonlySet<Binding>) {
    super(given);
    this.relevant = relevant;
  }

  /** Arguments of a closure of the function decide something if its parameters do. */
  protected closureArguments(node: ts.Node): void {
    const { ts } = this;
    if (!ts.isCallExpression(node)) return;
    const borrowed = this.borrowed(node);
    const closure = borrowed ?? this.given.variables.closureOf(node) ?? this.methodOf(node);
    if (closure === undefined) return;
    const { parameters } = closure;
    // Behind a list that is spread, and by `call` and `apply`, arguments have other places.
    const spread = borrowed ? 0 : node.arguments.findIndex((one) => ts.isSpreadElement(one));
    for (const [index, argument] of node.arguments.entries()) {
      if (isFunctionNode(ts, unwrap(ts, argument))) continue;
      const from = spread !== -1 && index >= spread ? spread : index;
      const reached =
        from === index && from !== spread ? parameters.slice(index, index + 1) : parameters.slice(from);
      const rest = parameters.at(-1)?.dotDotDotToken ? parameters.slice(-1) : [];
      if (![...reached, ...rest].some((parameter) => this.decides(parameter))) continue;
      this.deciding(argument);
    }
  }

  /** `pMap(list, async (item) => ..., { concurrency: 2 })`: what follows the closure decides in which order its calls come. */
  protected optionsOf({ arguments: given = [] }: { readonly arguments?: readonly ts.Expression[] }): void {
    const { closures } = this.given;
    const at = given.findIndex((argument) => closures.has(this.functionOf(argument)));
    if (at === -1) return;
    for (const argument of given.slice(at + 1))
      if (!closures.has(this.functionOf(argument))) this.deciding(argument);
  }

  /** The function that an argument is, or names. */
  private functionOf(argument: ts.Expression): ts.Node {
    const bare = unwrap(this.ts, argument);
    return this.given.variables.closureNamed(bare) ?? bare;
  }

  private deciding(argument: ts.Expression): void {
    this.use(argument);
    this.mark(argument, 'code', 'argument', this.print(argument));
  }

  /** `closure.call(undefined, value)`. */
  private borrowed({ expression }: ts.CallExpression): FunctionNode | undefined {
    const { ts } = this;
    const callee = unwrap(ts, expression);
    if (!ts.isPropertyAccessExpression(callee) || !/^(call|apply|bind)$/.test(callee.name.text))
      return undefined;
    const closure = this.given.variables.closureNamed(unwrap(ts, callee.expression));
    return closure && isFunctionNode(ts, closure) ? closure : undefined;
  }

  /** The method of a class or an object in the function that may be called. */
  protected methodOf({ expression }: ts.CallExpression): FunctionNode | undefined {
    const { ts } = this;
    const callee = unwrap(ts, expression);
    if (!ts.isPropertyAccessExpression(callee) || this.given.lists.isBuiltin(callee.expression))
      return undefined;
    const { text } = callee.name;
    for (const closure of this.given.closures.keys()) {
      const holder = isFunctionNode(ts, closure) && closure.name ? closure : closure.parent;
      const name = (holder as ts.NamedDeclaration).name;
      if (name && ts.isIdentifier(name) && name.text === text && isFunctionNode(ts, closure)) return closure;
    }
    return undefined;
  }

  private decides(parameter: ts.ParameterDeclaration): boolean {
    for (const binding of this.given.variables.declaredBy(parameter.name))
      if (this.relevant.has(binding)) return true;
    return false;
  }
}
