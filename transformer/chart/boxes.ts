import type ts from 'typescript';
import type { FlowSite } from '../base/flow.ts';
import type { Site } from '../base/plan.ts';
import type { Body } from '../body/body.ts';
import { functionOf, isForeign, isFromOutside } from '../body/callees.ts';
import { isSchedulerCall } from '../body/known-schedulers.ts';
import { handName, type SiteNames } from '../body/name-sites.ts';
import { originOf } from '../file/origins.ts';
import type { PromiseFlow } from '../flow/track-promises.ts';
import { calleeOf, isCall, isClosure, isFunctionNode, staticKey, unwrap, wrapped } from '../syntax/nodes.ts';
import type { Chart } from './chart.ts';
import { labelOf } from './labels.ts';
import { shortText } from './short-text.ts';

/** One box for each node that is a site or may record something. */
export function boxesOf(
  body: Body,
  names: SiteNames,
  flow: PromiseFlow,
  spanOf: Chart['spanOf'],
): ReadonlyMap<ts.Node, FlowSite> {
  const boxes = new Map<ts.Node, FlowSite>();
  const maker = new BoxMaker(body, flow, names, spanOf);
  for (const { site, node, isLate: possible } of names.nodes) {
    const known = boxes.get(node);
    boxes.set(node, known ? withId(known, site.id) : maker.box(typed(site), node, possible));
  }
  for (const { id, node } of names.unlisted) {
    const known = boxes.get(node);
    boxes.set(node, known ? withId(known, id) : maker.box({ id, type: 'await' }, node, true));
  }
  return boxes;
}

const typed = ({ id, kind }: Site): Pick<FlowSite, 'id' | 'type'> => ({ id, type: kind });

const withId = (box: FlowSite, id: string): FlowSite => ({ ...box, also: [...(box.also ?? []), id] });

const OF_PROMISES = /\.(then|catch|finally)(#\d+)?$/;

class BoxMaker {
  private readonly body: Body;
  private readonly flow: PromiseFlow;
  private readonly names: SiteNames;
  private readonly spanOf: Chart['spanOf'];

  constructor(body: Body, flow: PromiseFlow, names: SiteNames, spanOf: Chart['spanOf']) {
    this.body = body;
    this.flow = flow;
    this.names = names;
    this.spanOf = spanOf;
  }

  box(site: Pick<FlowSite, 'id' | 'type'>, node: ts.Node, possible: boolean): FlowSite {
    const { ts, sourceFile } = this.body.file;
    const label = isFirstOfStatement(this.body, node) ? undefined : labelOf(ts, sourceFile, node);
    const pattern = this.patternOf(site, node);
    const of = this.maker(node);
    const expression = node as ts.Expression;
    return {
      kind: 'site',
      ...site,
      title: this.title(site, node),
      ...(label !== undefined && { label }),
      ...(pattern !== undefined && { pattern }),
      ...(of !== undefined && { of }),
      ...(this.isStarted(expression) && { started: true }),
      ...((possible || this.mayBeNothing(site, node)) && { maybe: true }),
      ...(this.isCallback(site, node) && { many: true }),
      span: this.spanOf(node),
    };
  }

  /** Its promise is used later. A link of a chain and a value that is returned are waited for by what receives them. */
  private isStarted(node: ts.Expression): boolean {
    const { ts } = this.body.file;
    const { started, awaited, returned } = this.flow;
    if (!started.has(node) || awaited.has(node) || returned.has(node)) return false;
    const outer = wrapped(ts, node);
    const { parent } = outer;
    if (ts.isArrowFunction(parent)) return false;
    return !(
      (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent)) &&
      parent.expression === outer
    );
  }

  private title({ id, type }: Pick<FlowSite, 'id' | 'type'>, node: ts.Node): string {
    const { ts, sourceFile, bindings } = this.body.file;
    const text = shortText(ts, sourceFile, node);
    if (type === 'await') return id === 'for await' ? 'each value' : `await ${text}`;
    if (
      id.includes('[Symbol.asyncDispose]') &&
      ts.isIdentifier(node) &&
      bindings !== undefined &&
      !isValue(ts, node)
    )
      return `dispose of ${text}`;
    return text;
  }

  /** A step with a computed name, which replaces its id: `charge *` for `charge ${id}`. */
  private patternOf({ id }: Pick<FlowSite, 'id'>, node: ts.Node): string | undefined {
    const { ts } = this.body.file;
    if (!ts.isCallExpression(node)) return undefined;
    const [first, second] = node.arguments;
    if (first === undefined || second === undefined) return undefined;
    const name = unwrap(ts, first);
    if (ts.isStringLiteralLike(name)) {
      // `step` by another name, which the planner does not know.
      const isKnown = id.replace(/#\d+$/, '') === handName(name.text);
      return !isKnown && isClosure(ts, unwrap(ts, second)) ? name.text : undefined;
    }
    if (originOf(this.body.file, node.expression) !== 'use-durable#step' || isClosure(ts, name))
      return undefined;
    if (!ts.isTemplateExpression(name)) return '*';
    return name.head.text + name.templateSpans.map(({ literal }) => `*${literal.text}`).join('');
  }

  /** `await token.result()` waits for what `const token = await createCallback()` has made. */
  private maker(node: ts.Node): string | undefined {
    const { ts, bindings } = this.body.file;
    if (!ts.isCallExpression(node)) return undefined;
    const callee = unwrap(ts, node.expression);
    if (!ts.isPropertyAccessExpression(callee) || staticKey(ts, callee) !== 'result') return undefined;
    let made: ts.Expression | undefined = unwrap(ts, callee.expression);
    if (ts.isIdentifier(made)) {
      const declaration = bindings.resolve(made)?.declaration;
      made = declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
    }
    let call = made && unwrap(ts, made);
    if (call && ts.isAwaitExpression(call)) call = unwrap(ts, call.expression);
    const site = this.names.nodes.find((one) => one.node === call)?.site;
    return site?.kind === 'callback' || site?.kind === 'child' ? site.id : undefined;
  }

  /** Only a call of something that is surely no code of the workflow is surely recorded. */
  private mayBeNothing({ id, type }: Pick<FlowSite, 'id' | 'type'>, node: ts.Node): boolean {
    const { ts } = this.body.file;
    if (type !== 'step') return type === 'call';
    // Of a promise of the workflow, it is no step. A chain that is one step has the name of its head.
    if (OF_PROMISES.test(id)) return true;
    if (!isCall(ts, node)) return !ts.isExpression(node) || !isFromOutside(this.body, node);
    const callee = calleeOf(ts, node);
    return !isForeign(this.body, callee) || /^Reflect\b/.test(originOf(this.body.file, callee) ?? '');
  }

  /** Something else calls it: a function that is handed over by its name, or what a scheduler is given. */
  private isCallback({ id, type }: Pick<FlowSite, 'id' | 'type'>, node: ts.Node): boolean {
    const { ts } = this.body.file;
    if (id === 'for await' || this.isOfInstance(node)) return true;
    if (!ts.isExpression(node) || type === 'combinator') return false;
    if (ts.isCallExpression(node)) {
      // A timer that is kept may be set again.
      if (type === 'sleep')
        return this.hasClosure(node) && !ts.isExpressionStatement(wrapped(ts, node).parent);
      return (
        isSchedulerCall(this.body, node) ||
        (type !== 'step' && node.arguments.some((one) => this.isNamed(one)))
      );
    }
    if (isCall(ts, node) || ts.isNewExpression(node)) return false;
    const outer = wrapped(ts, node);
    return ts.isCallExpression(outer.parent) && outer.parent.expression !== outer;
  }

  /** The initial value of a field: evaluated for each object, and not where the class is. */
  private isOfInstance(node: ts.Node): boolean {
    const { ts } = this.body.file;
    for (let at = node; at !== this.body.durable.node && !isFunctionNode(ts, at); at = at.parent)
      if (ts.isPropertyDeclaration(at) && !ts.getCombinedModifierFlags(at)) return true;
    return false;
  }

  private hasClosure({ arguments: given }: ts.CallExpression): boolean {
    return given.some((one) => isClosure(this.body.file.ts, unwrap(this.body.file.ts, one)));
  }

  /** The name of a function that is declared elsewhere. */
  private isNamed(argument: ts.Expression): boolean {
    const { ts, bindings } = this.body.file;
    const value = unwrap(ts, argument);
    const binding = ts.isIdentifier(value) ? bindings.resolve(value) : undefined;
    if (!binding || this.body.isLocal(binding)) return false;
    return ts.isImportSpecifier(binding.declaration) || functionOf(this.body.file, binding) !== undefined;
  }
}

const isValue = ({ isVariableDeclaration }: typeof ts, { parent }: ts.Identifier): boolean =>
  !isVariableDeclaration(parent);

/** The comment before a statement belongs to the statement. */
function isFirstOfStatement({ file: { ts } }: Body, node: ts.Node): boolean {
  for (let at = node; at.parent; at = at.parent) {
    if (at.parent.pos !== node.pos) return false;
    if (ts.isStatement(at.parent)) return true;
  }
  return false;
}
