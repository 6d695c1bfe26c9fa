import type ts from 'typescript';
import type { Reporter } from '../base/reporter.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import { functionOf, isHelperCall, localFunctionOf } from '../body/callees.ts';
import type { FileContext } from '../file/file-context.ts';
import type { DurableFunction } from '../find/find-directives.ts';
import { isRejecter, isResolver } from '../flow/escapes.ts';
import { CHAINERS } from '../syntax/method-names.ts';
import {
  contains,
  type FunctionNode,
  isAsync,
  isClosure,
  isFunctionNode,
  isGenerator,
  unwrap,
  walk,
} from '../syntax/nodes.ts';

/**
 * Reports workflow code that is started and not awaited. A run ends with its function, so the rest of such code would never be
 * executed. In plain code it would continue after the function has ended.
 */
export function checkUnfinished(body: Body): void {
  return new UnfinishedCodeCheck(body).run();
}

class UnfinishedCodeCheck {
  private readonly body: Body;
  private readonly file: FileContext;
  private readonly durable: DurableFunction;
  private readonly ts: TypeScript;
  private readonly reporter: Reporter;
  private readonly steps: ts.Node[];

  constructor(body: Body) {
    this.body = body;
    const { file, durable } = body;
    this.file = file;
    this.durable = durable;
    const { ts, reporter } = file;
    this.ts = ts;
    this.reporter = reporter;
    this.steps = body.stepCode.flat();
  }

  run(): void {
    const { file, durable, ts, steps, reporter } = this;
    file.nodes.walk(durable.node, (node) => {
      if (!ts.isExpressionStatement(node) || steps.some((step) => contains(step, node))) return;
      const started = this.callBehind(node.expression);
      if (started && this.goesOn(started)) {
        const text = started.expression.getText(file.sourceFile).replace(/\s+/g, ' ');
        reporter.report('unfinishedWork', started, text.length > 40 ? 'This function' : `\`${text}\``);
      }
    });
  }

  /** The call whose promise a statement drops: `f()`, `void f()`, `f().catch(...)`. */
  private callBehind(expression: ts.Expression): ts.CallExpression | undefined {
    const { ts } = this;
    const node = unwrap(ts, expression);
    if (ts.isVoidExpression(node)) return this.callBehind(node.expression);
    if (!ts.isCallExpression(node)) return undefined;
    const callee = unwrap(ts, node.expression);
    if (ts.isPropertyAccessExpression(callee) && CHAINERS.has(callee.name.text))
      return this.callBehind(callee.expression);
    return node;
  }

  private goesOn(call: ts.CallExpression): boolean {
    const { ts, body } = this;
    const callee = unwrap(ts, call.expression);
    const target = localFunctionOf(body, callee);
    if (target) return this.hasMoreToDo(target);
    if (!ts.isPropertyAccessExpression(callee) || !/^(forEach|map)$/.test(callee.name.text)) return false;
    const [argument] = call.arguments;
    const value = argument && unwrap(ts, argument);
    if (!value) return false;
    if (isClosure(ts, value)) return isHelperCall(body, call) && this.hasMoreToDo(value);
    const named = ts.isIdentifier(value) ? localFunctionOf(body, value) : undefined;
    return named !== undefined && this.hasMoreToDo(named);
  }

  /** Whether an async function does anything after its first `await`. The code before it is executed by the call. */
  private hasMoreToDo(fn: FunctionNode): boolean {
    const { ts } = this;
    if (!fn.body || isGenerator(fn)) return false;
    if (!isAsync(ts, fn)) {
      // `(x) => work(x)`, whose promise is dropped as well.
      const value = ts.isBlock(fn.body) ? undefined : unwrap(ts, fn.body);
      return value !== undefined && ts.isCallExpression(value) && this.isLocalWork(value);
    }
    const awaits: ts.Node[] = [];
    walk(ts, fn.body, (node) => {
      if (isFunctionNode(ts, node)) return false;
      if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)) awaits.push(node);
      return undefined;
    });
    if (this.tells(fn.body)) return false;
    const [only, more] = awaits;
    return only !== undefined && (more !== undefined || !this.isLast(only, fn.body));
  }

  /** Whether it settles a promise, or calls the value of a variable: something may wait for that. */
  private tells(code: ts.Node): boolean {
    const { ts, body, file } = this;
    let found = false;
    walk(ts, code, (node) => {
      if (!ts.isCallExpression(node)) return;
      const callee = unwrap(ts, node.expression);
      if (isResolver(body, callee) || isRejecter(body, callee)) found = true;
      const binding = ts.isIdentifier(callee) ? file.bindings.resolve(callee) : undefined;
      if (binding && body.isLocal(binding) && !functionOf(file, binding)) found = true;
    });
    return found;
  }

  private isLocalWork(call: ts.CallExpression): boolean {
    const { body, ts } = this;
    const target = localFunctionOf(body, call.expression);
    return target !== undefined && isAsync(ts, target) && this.hasMoreToDo(target);
  }

  /** `await send(x);` as the end of a function. */
  private isLast(node: ts.Node, block: ts.ConciseBody): boolean {
    const { ts } = this;
    if (ts.isExpression(block)) return unwrap(ts, block) === node;
    const { parent } = node;
    if (!ts.isExpressionStatement(parent) && !ts.isReturnStatement(parent)) return false;
    return block.statements.at(-1) === parent;
  }
}
