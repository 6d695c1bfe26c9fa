import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import { isHelperCall, isPureGlobal, localFunctionOf } from '../body/callees.ts';
import { classNamed } from '../body/own-classes.ts';
import type { Binding, Bindings } from '../file/bindings.ts';
import type { FileContext } from '../file/file-context.ts';
import { originOf } from '../file/origins.ts';
import type { DurableFunction } from '../find/find-directives.ts';
import { ADDERS } from '../syntax/method-names.ts';
import { isAssignment, isClosure, rootOf, unwrap } from '../syntax/nodes.ts';

/**
 * First half of pass 2: the values that the local names of a body get.
 *
 * - `same`: the name has this value;
 * - `member`: the name contains it;
 * - `element`: the name is an element of it.
 */
export interface ValueSource {
  readonly from: ts.Expression;
  readonly relation: 'same' | 'member' | 'element';
}

const known = new WeakMap<Body, ReadonlyMap<Binding, readonly ValueSource[]>>();

/** The sources of all names, widely. */
export function sourcesOf(body: Body): ReadonlyMap<Binding, readonly ValueSource[]> {
  const before = known.get(body);
  if (before) return before;
  const sources = collectSources(body, true);
  known.set(body, sources);
  return sources;
}

/** @param wide includes functions called by other functions, `f.apply(...)`, and other builtins that pass on values */
export function collectSources(body: Body, wide: boolean): ReadonlyMap<Binding, readonly ValueSource[]> {
  return new SourceCollector(body, wide).run();
}

class SourceCollector {
  private readonly body: Body;
  private readonly wide: boolean;
  private readonly file: FileContext;
  private readonly durable: DurableFunction;
  private readonly ts: TypeScript;
  private readonly bindings: Bindings;
  private readonly sources = new Map<Binding, ValueSource[]>();

  constructor(body: Body, wide: boolean) {
    this.body = body;
    this.wide = wide;
    const { file, durable } = body;
    this.file = file;
    this.durable = durable;
    const { ts, bindings } = file;
    this.ts = ts;
    this.bindings = bindings;
  }

  run(): ReadonlyMap<Binding, readonly ValueSource[]> {
    const { file, durable, sources } = this;
    file.nodes.walk(durable.node, (one) => this.collect(one));
    return sources;
  }

  private source(name: ts.Node, from: ts.Expression, relation: ValueSource['relation']): void {
    const { ts, bindings, body, sources } = this;
    if (ts.isIdentifier(name)) {
      const binding = bindings.resolve(name);
      if (!binding || !body.isLocal(binding)) return;
      const list = sources.get(binding);
      if (list) list.push({ from, relation });
      else sources.set(binding, [{ from, relation }]);
      return;
    }
    // A pattern: each of its names is a member of the destructured value.
    const each = (child: ts.Node): void => {
      if (ts.isBindingElement(child)) {
        this.source(child.name, from, 'element');
        if (child.initializer) this.source(child.name, child.initializer, 'same');
      } else if (ts.isIdentifier(child)) this.source(child, from, 'element');
      else ts.forEachChild(child, each);
    };
    ts.forEachChild(name, each);
  }

  private collect(node: ts.Node): void {
    const { ts } = this;
    if ((ts.isVariableDeclaration(node) || ts.isParameter(node)) && node.initializer) {
      this.source(node.name, node.initializer, 'same');
    }
    if (ts.isForOfStatement(node)) {
      const target = node.initializer;
      if (ts.isVariableDeclarationList(target)) {
        for (const declaration of target.declarations)
          this.source(declaration.name, node.expression, 'element');
      } else this.source(target, node.expression, 'element');
    } else if (ts.isBinaryExpression(node) && isAssignment(ts, node)) {
      const target = unwrap(ts, node.left);
      if (ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target)) {
        this.source(rootOf(ts, target), node.right, 'member');
      } else this.source(target, node.right, 'same');
    } else if (ts.isCallExpression(node)) {
      this.collectCall(node);
    } else if (ts.isNewExpression(node) && this.wide) this.collectNew(node);
  }

  /** The arguments of the constructor of a class that is written in the body. */
  private collectNew({ expression, arguments: given }: ts.NewExpression): void {
    const { ts, body } = this;
    for (const member of classNamed(body, expression)?.members ?? []) {
      if (!ts.isConstructorDeclaration(member)) continue;
      for (const [index, parameter] of member.parameters.entries())
        if (given?.[index]) this.source(parameter.name, given[index], 'same');
    }
  }

  private collectCall(call: ts.CallExpression): void {
    const { ts, body, file, wide } = this;
    const callee = unwrap(ts, call.expression);
    if (ts.isPropertyAccessExpression(callee)) {
      if (ADDERS.has(callee.name.text)) {
        for (const argument of call.arguments) this.source(rootOf(ts, callee), argument, 'member');
      }
      if (isHelperCall(body, call)) {
        const from = isPureGlobal(file, callee) ? call.arguments[0] : callee.expression;
        if (wide) this.collectSeed(call, callee);
        for (const argument of call.arguments) {
          const closure = unwrap(ts, argument);
          if (!isClosure(ts, closure) || !from) continue;
          for (const parameter of closure.parameters) this.source(parameter.name, from, 'element');
        }
      }
    }
    if (originOf(file, callee) === 'Object.assign') {
      const [target, ...parts] = call.arguments;
      for (const part of parts) if (target) this.source(rootOf(ts, target), part, 'same');
    }
    if (wide) this.collectIndirect(call, callee);
    const target = localFunctionOf(body, callee);
    target?.parameters.forEach((parameter, index) => {
      if (parameter.dotDotDotToken)
        for (const argument of call.arguments.slice(index)) this.source(parameter.name, argument, 'member');
      else if (call.arguments[index]) this.source(parameter.name, call.arguments[index], 'same');
    });
  }

  /** The first parameter of the callback of `reduce` is the seed, too. */
  private collectSeed(call: ts.CallExpression, callee: ts.PropertyAccessExpression): void {
    const { ts } = this;
    const [callback, seed] = call.arguments;
    const closure = callback && unwrap(ts, callback);
    const [first] = closure && isClosure(ts, closure) ? closure.parameters : [];
    if (first && seed && /^reduce/.test(callee.name.text)) this.source(first.name, seed, 'same');
  }

  /** Arguments that reach the parameters of a function through another call, or through a spread. */
  private collectIndirect(call: ts.CallExpression, callee: ts.Expression): void {
    const { file, ts } = this;
    const origin = originOf(file, callee);
    const [first, second, third] = call.arguments;
    if (origin === 'Reflect.set' && first && third) return this.source(rootOf(ts, first), third, 'member');
    if ((origin === 'Reflect.apply' || origin === 'Reflect.construct') && first) {
      const list = origin === 'Reflect.apply' ? third : second;
      if (list) this.hand(first, [], list);
    } else if (ts.isPropertyAccessExpression(callee)) {
      const { name, expression } = callee;
      if (name.text === 'apply' && second) this.hand(expression, [], second);
      else if (name.text === 'call' || name.text === 'bind') this.hand(expression, call.arguments.slice(1));
    }
    const spread = call.arguments.findIndex((argument) => ts.isSpreadElement(argument));
    if (spread !== -1) this.hand(callee, [], ...call.arguments.slice(spread));
  }

  private hand(callee: ts.Expression, given: readonly ts.Expression[], ...lists: ts.Expression[]): void {
    const { body, ts } = this;
    const target = localFunctionOf(body, callee);
    target?.parameters.forEach((parameter, index) => {
      const rest = parameter.dotDotDotToken !== undefined;
      for (const [place, value] of given.entries())
        if (rest ? place >= index : place === index)
          this.source(parameter.name, value, rest ? 'member' : 'same');
      for (const list of lists) {
        const held = ts.isSpreadElement(list) ? list.expression : list;
        this.source(parameter.name, held, ts.isIdentifier(parameter.name) && rest ? 'same' : 'element');
      }
    });
  }
}
