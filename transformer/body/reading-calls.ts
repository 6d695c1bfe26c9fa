import type ts from 'typescript';
import { originOf } from '../file/origins.ts';
import { rootOf, staticKey, unwrap } from '../syntax/nodes.ts';
import type { Body } from './body.ts';
import { isForeign, PRIMITIVES } from './callees.ts';
import type { SiteNode } from './name-sites.ts';

/** A step that may continue to read from an object: `await it.next()`. */
export interface ReadingCall {
  readonly call: ts.CallExpression;
  readonly receiver: ts.Expression;
  readonly method: string;
  /**
   * The origin of the object. Either the durable function makes it again on each replay, by a call of something outside, or it
   * exists outside.
   */
  readonly object: 'made anew' | 'outside';
}

const READS = /^(next|hasNext|read)$/;

/** The steps of a durable function whose names say that they continue to read from an object that isn't written in it. */
export function readingCallsOf(body: Body, sites: readonly SiteNode[]): ReadingCall[] {
  const { ts, bindings } = body.file;
  return sites.flatMap(({ site, node }) => {
    if (site.kind !== 'step' || !ts.isCallExpression(node)) return [];
    const callee = unwrap(ts, node.expression);
    if (!ts.isPropertyAccessExpression(callee) || !READS.test(callee.name.text)) return [];
    const receiver = callee.expression;
    const object = originOfObject(receiver);
    return object === undefined ? [] : [{ call: node, receiver, method: callee.name.text, object }];
  });

  function originOfObject(expression: ts.Expression): ReadingCall['object'] | undefined {
    const node = unwrap(ts, expression);
    if (ts.isNewExpression(node)) return isForeign(body, node.expression) ? 'made anew' : undefined;
    if (ts.isCallExpression(node)) {
      // `signals(...)` continues where it was.
      const origin = originOf(body.file, node.expression);
      if (origin !== undefined && PRIMITIVES.has(origin)) return undefined;
      if (isForeign(body, node.expression) || makesReader(node)) return 'made anew';
      return originOfObject(node.expression);
    }
    if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node))
      return originOfObject(rootOf(ts, node));
    if (!ts.isIdentifier(node)) return undefined;
    const binding = bindings.resolve(node);
    if (!binding) return undefined;
    const { declaration } = binding;
    if (!body.isLocal(binding)) return isCode(declaration) ? undefined : 'outside';
    if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
    // The result of a step is data.
    const value = unwrap(ts, declaration.initializer);
    return ts.isAwaitExpression(value) ? undefined : originOfObject(value);
  }

  /** `res.body.getReader()`. */
  function makesReader(call: ts.CallExpression): boolean {
    const callee = unwrap(ts, call.expression);
    return ts.isPropertyAccessExpression(callee) && staticKey(ts, callee) === 'getReader';
  }

  /** Functions and classes hold no position. */
  function isCode(declaration: ts.Node): boolean {
    return ts.isFunctionDeclaration(declaration) || ts.isClassDeclaration(declaration);
  }
}
