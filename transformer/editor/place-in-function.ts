import type ts from 'typescript';
import type { AnalyzedFunction } from '../analyze.ts';
import type { SiteKind } from '../base/plan.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { SiteNode } from '../body/name-sites.ts';
import type { DurableFunction } from '../find/find-directives.ts';
import { contains, isCall, isFunctionNode, wrapped } from '../syntax/nodes.ts';

/** What stands at a place of a durable function, as far as it has a part in its runs. */
export type Place =
  /** The name or the directive of a durable function. */
  | { readonly kind: 'function'; readonly durable: DurableFunction }
  | { readonly kind: 'site'; readonly site: { readonly id: string; readonly kind: SiteKind } }
  /** Code that a step runs. */
  | { readonly kind: 'in a step'; readonly id: string | undefined }
  /** A call that every replay makes again. */
  | { readonly kind: 'workflow code' };

export interface FoundPlace {
  /** The token at the position. */
  readonly token: ts.Node;
  readonly place: Place;
}

/**
 * What stands at a position: at the name of a callee, at an `await`, at the name of a durable function or its directive.
 * Undefined for all other positions.
 */
export function placeAt(
  ts: TypeScript,
  functions: readonly AnalyzedFunction[],
  sourceFile: ts.SourceFile,
  position: number,
): FoundPlace | undefined {
  const token = tokenAt(ts, sourceFile, position);
  if (token === undefined) return undefined;
  const named = functions.find(({ body }) => isTitle(ts, body.durable, token));
  if (named !== undefined) return { token, place: { kind: 'function', durable: named.body.durable } };
  // Of functions in one another the inner one comes first.
  const around = functions.findLast(({ body }) => contains(body.durable.node, token));
  const what = around && subjectOf(ts, token, position - token.getStart(sourceFile));
  if (!around || !what) return undefined;
  const place = placeOf(ts, around, what);
  return place && { token, place };
}

/** The innermost node, without the comments before it. */
function tokenAt(ts: TypeScript, sourceFile: ts.SourceFile, position: number): ts.Node | undefined {
  let at: ts.Node = sourceFile;
  for (;;) {
    const inner: ts.Node | undefined = ts.forEachChild(at, (child) =>
      child.getStart(sourceFile) <= position && position < child.end ? child : undefined,
    );
    if (inner === undefined) return at === sourceFile ? undefined : at;
    at = inner;
  }
}

/** Whether a token is the name of a durable function, or its directive. */
function isTitle(ts: TypeScript, { node }: DurableFunction, token: ts.Node): boolean {
  const named = node.name ?? ('name' in node.parent ? node.parent.name : undefined);
  if (named === token) return true;
  const { parent } = token;
  return (
    ts.isStringLiteral(token) &&
    token.text.startsWith('use durable') &&
    ts.isExpressionStatement(parent) &&
    parent.parent === node.body
  );
}

/** What a token stands for: a call by the name of its callee, or the operand of an `await`. */
function subjectOf(ts: TypeScript, token: ts.Node, offset: number): ts.Node | undefined {
  // The keyword itself has no node among the children.
  if (ts.isAwaitExpression(token)) return offset < 'await'.length ? token.expression : undefined;
  if (!ts.isIdentifier(token) && !ts.isPrivateIdentifier(token)) return undefined;
  const { parent } = token;
  const named = ts.isPropertyAccessExpression(parent) && parent.name === token ? parent : token;
  const outer = wrapped(ts, named as ts.Expression);
  const call = outer.parent;
  if ((isCall(ts, call) || ts.isNewExpression(call)) && calleeIn(call) === outer) return call;
  return named;
}

const calleeIn = (call: ts.CallExpression | ts.TaggedTemplateExpression | ts.NewExpression): ts.Node =>
  'tag' in call ? call.tag : call.expression;

function placeOf(
  ts: TypeScript,
  { body, sites }: AnalyzedFunction,
  what: ts.Node,
): Exclude<Place, { kind: 'function' }> | undefined {
  const byNode = new Map<ts.Node, SiteNode>(sites.map((site) => [site.node, site]));
  const own = byNode.get(what) ?? siteOfChain(ts, byNode, what);
  if (own) return { kind: 'site', site: own.site };
  const step = stepAround(byNode, body.durable.node, what);
  const isExecutor = step !== undefined && ts.isNewExpression(step.node);
  if (isExecutor || body.stepCode.flat().some((code) => contains(code, what)))
    return { kind: 'in a step', id: step?.site.id };
  return isCall(ts, what) || ts.isNewExpression(what) ? { kind: 'workflow code' } : undefined;
}

/** The innermost step that has a node in its arguments. */
function stepAround(
  byNode: ReadonlyMap<ts.Node, SiteNode>,
  top: ts.Node,
  node: ts.Node,
): SiteNode | undefined {
  for (let at = node.parent; at && at !== top; at = at.parent) {
    const found = byNode.get(at);
    if (found?.site.kind === 'step') return found;
  }
  return undefined;
}

/** The site of a chain of calls, from one of its links: `await db.select().from(orders)` is one step. */
function siteOfChain(
  ts: TypeScript,
  byNode: ReadonlyMap<ts.Node, SiteNode>,
  link: ts.Node,
): SiteNode | undefined {
  for (let at = link; !isFunctionNode(ts, at); ) {
    const outer = wrapped(ts, at as ts.Expression);
    const { parent } = outer;
    const isLink =
      (ts.isPropertyAccessExpression(parent) ||
        ts.isElementAccessExpression(parent) ||
        ts.isCallExpression(parent)) &&
      parent.expression === outer;
    if (!isLink) return byNode.get(outer);
    at = parent;
    const found = byNode.get(at);
    if (found) return found;
  }
  return undefined;
}
