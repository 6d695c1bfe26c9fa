import type ts from 'typescript';
import { isFunctionNode, unwrap } from '../syntax/nodes.ts';
import type { Body } from './body.ts';
import { localFunctionOf } from './callees.ts';
import type { Fingerprints } from './fingerprints.ts';

/** Lists with more elements count as a whole: an element at their end makes them another list. */
export const LONGEST = 32;

/** Methods of lists that call a closure for each element, in order. */
const LIST_METHODS: ReadonlySet<string> = new Set([
  'map',
  'forEach',
  'filter',
  'flatMap',
  'reduce',
  'some',
  'every',
  'find',
]);

/** Functions that call a closure for each element of a list that they are given: `pMap(xs, ...)`, `async.eachLimit(xs, ...)`. */
const MAPPERS = /map|each|every|filter|reduce|series|some|^from/i;

const TAKERS = /^(shift|pop|next|at|splice)$/;

/** What syntax shows of lists: what they contain, and which calls go through them. */
export class Lists {
  private readonly body: Body;
  private readonly prints: Fingerprints;

  constructor(body: Body, prints: Fingerprints) {
    this.body = body;
    this.prints = prints;
  }

  /** The elements of a list that is written out, or the list. */
  elements(list: ts.Expression): readonly string[] {
    const { ts } = this.body.file;
    const written = this.written(list);
    const isWhole = ts.isArrayLiteralExpression(written) && !this.isChanged(list);
    if (isWhole && written.elements.length <= LONGEST)
      return written.elements.map((element) => this.value(element));
    // The code of a function that gives the elements decides on their order.
    const maker = ts.isCallExpression(written) ? localFunctionOf(this.body, written.expression) : undefined;
    const code = maker ? [this.prints.code(maker)] : [];
    return [this.prints.hashed(['of', this.value(list), ...code])];
  }

  private isChanged(list: ts.Expression): boolean {
    const { ts, bindings } = this.body.file;
    const bare = unwrap(ts, list);
    const binding = ts.isIdentifier(bare) ? bindings.resolve(bare) : undefined;
    return binding !== undefined && this.body.isLocal(binding) && this.prints.isChangedBefore(binding, bare);
  }

  /** The lists that a loop takes its values from by an index, `xs[i]`, or one by one, `queue.shift()`. */
  takenIn(loop: ts.Node): readonly string[] {
    const { ts } = this.body.file;
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      if (isFunctionNode(ts, node)) return;
      if (ts.isElementAccessExpression(node) && !ts.isLiteralExpression(node.argumentExpression))
        found.push(this.prints.print(node.expression));
      const callee = ts.isCallExpression(node) ? unwrap(ts, node.expression) : undefined;
      if (callee && ts.isPropertyAccessExpression(callee) && TAKERS.test(callee.name.text))
        found.push(this.prints.print(callee.expression));
      ts.forEachChild(node, visit);
    };
    ts.forEachChild(loop, visit);
    return found;
  }

  /** The initializer of a constant. */
  written(list: ts.Expression): ts.Expression {
    const { ts, bindings } = this.body.file;
    const bare = unwrap(ts, list);
    const declaration = ts.isIdentifier(bare) ? bindings.resolve(bare)?.declaration : undefined;
    return declaration && ts.isVariableDeclaration(declaration) && declaration.initializer
      ? unwrap(ts, declaration.initializer)
      : bare;
  }

  /** The code of a closure isn't part of a value that holds it: it may be edited. */
  value(node: ts.Expression): string {
    const { ts } = this.body.file;
    const bare = unwrap(ts, node);
    if (isFunctionNode(ts, bare) || ts.isClassLike(bare)) return 'closure';
    if (!ts.isObjectLiteralExpression(bare) && !ts.isArrayLiteralExpression(bare))
      return this.prints.print(bare);
    if (ts.isArrayLiteralExpression(bare))
      return this.prints.hashed(['list', ...bare.elements.map((element) => this.value(element))]);
    const parts = bare.properties.map((part) => {
      const name = part.name?.getText(this.body.file.sourceFile) ?? '...';
      if (ts.isPropertyAssignment(part)) return `${name}: ${this.value(part.initializer)}`;
      if (ts.isShorthandPropertyAssignment(part)) return `${name}: ${this.prints.print(part.name)}`;
      return ts.isSpreadAssignment(part) ? `...${this.value(part.expression)}` : name;
    });
    return this.prints.hashed(['object', ...parts]);
  }

  /** The list that a call goes through, as `xs` in `xs.map(...)`, `Array.from(xs, ...)` and `pMap(xs, ...)`. */
  listOf(call: ts.CallExpression): readonly string[] | undefined {
    const { ts, sourceFile } = this.body.file;
    const callee = unwrap(ts, call.expression);
    const method = ts.isPropertyAccessExpression(callee) ? callee.name.text : undefined;
    const given = call.arguments.find((argument) => ts.isArrayLiteralExpression(this.written(argument)));
    const [first, second] = call.arguments;
    const isGiven = given !== undefined || (second !== undefined && this.isFunction(second));
    if (method !== undefined && LIST_METHODS.has(method) && (!first || this.isFunction(first) || !isGiven))
      return this.elements((callee as ts.PropertyAccessExpression).expression);
    if (given) return this.elements(given);
    if (!first || this.isFunction(first) || !MAPPERS.test(method ?? callee.getText(sourceFile)))
      return undefined;
    return ts.isLiteralExpression(first) || ts.isObjectLiteralExpression(first)
      ? undefined
      : this.elements(first);
  }

  private isFunction(argument: ts.Expression): boolean {
    const { ts, bindings } = this.body.file;
    const value = this.written(argument);
    if (isFunctionNode(ts, value)) return true;
    const declaration = ts.isIdentifier(value) ? bindings.resolve(value)?.declaration : undefined;
    return declaration !== undefined && ts.isFunctionDeclaration(declaration);
  }

  /** A variable with a list or an object of a global class: `m.get(...)` is no call of a method `get` of the function. */
  isBuiltin(receiver: ts.Expression): boolean {
    const { ts, bindings } = this.body.file;
    const value = this.written(receiver);
    if (ts.isArrayLiteralExpression(value)) return true;
    return (
      ts.isNewExpression(value) &&
      ts.isIdentifier(value.expression) &&
      bindings.resolve(value.expression) === undefined
    );
  }
}
