import type ts from 'typescript';
import type { Body } from '../body/body.ts';
import { calleeName, isForeign, localFunctionOf } from '../body/callees.ts';
import { isSchedulerCall } from '../body/known-schedulers.ts';
import type { SiteNode } from '../body/name-sites.ts';
import { isRepeated, usesOfConstant } from '../flow/value-uses.ts';
import { isClosure, unwrap } from '../syntax/nodes.ts';

/** Names of functions that keep results. */
const KEEPING = /memo|once|cache|dedupe|lazy|share|singleton/i;

/**
 * Reports functions that code elsewhere makes of a closure, and that may keep what it returned: `const load = memo(async (id) =>
 * ...)`. Each call of one is a step of its own, and what they keep is lost with the process.
 */
export function checkKeptResults(body: Body, sites: readonly SiteNode[]): void {
  const { file } = body;
  const { ts, reporter, sourceFile } = file;
  const steps = new Set(sites.flatMap(({ site, node }) => (site.kind === 'step' ? [node] : [])));
  file.nodes.walk(body.durable.node, (node) => {
    if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name) || !node.initializer) return;
    const made = unwrap(ts, node.initializer);
    if (!ts.isCallExpression(made) || steps.has(made) || !isForeign(body, made.expression)) return;
    if (isSchedulerCall(body, made) || !made.arguments.some(isOwnFunction)) return;
    const calls = usesOfConstant(file, node.initializer).flatMap(({ parent }) =>
      ts.isCallExpression(parent) && steps.has(parent) ? [parent] : [],
    );
    const maker = calleeName(file, made.expression);
    const isAgain = KEEPING.test(maker) ? isCalledAgain(calls, made) : isRepeatedCall(calls);
    if (isAgain) reporter.report('keptResults', made, maker, node.name.text);
  });

  function isOwnFunction(argument: ts.Expression): boolean {
    return isClosure(ts, unwrap(ts, argument)) || localFunctionOf(body, argument) !== undefined;
  }

  function isCalledAgain(calls: readonly ts.CallExpression[], made: ts.Node): boolean {
    return calls.length > 1 || calls.some((call) => isRepeated(ts, call, made));
  }

  /** Two calls that are written with the same arguments. */
  function isRepeatedCall(calls: readonly ts.CallExpression[]): boolean {
    const texts = calls.map((call) => call.arguments.map((value) => value.getText(sourceFile)).join());
    return new Set(texts).size < texts.length;
  }
}
