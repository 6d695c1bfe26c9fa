import type ts from 'typescript';
import type { SiteKind } from '../base/plan.ts';
import { calleeName, isFromOutside, SHOWING } from '../body/callees.ts';
import { handName } from '../body/name-sites.ts';
import { sinceName } from '../body/since-guards.ts';
import { usesText } from '../body/used-variables.ts';
import type { FileContext } from '../file/file-context.ts';
import { isHeldElsewhere } from '../flow/foreign-values.ts';
import { unwrap } from '../syntax/nodes.ts';
import { shownText } from '../syntax/shown-text.ts';
import { visitArguments } from './arguments.ts';
import { planDeadline } from './deadlines.ts';
import { checkPromiseList, planListFromElsewhere } from './foreign-values.ts';
import type { FunctionScope, Planner } from './planner.ts';
import { planTimer } from './promises.ts';

/** The functions of this package, timers that become waits, combinators, `bind`. */
export function planPrimitive(
  planner: Planner,
  call: ts.CallExpression,
  origin: string,
  scope: FunctionScope,
): boolean {
  const { file, names } = planner;
  const combinator = /^Promise\.(all|allSettled|race|any)$/.exec(origin);
  const spanned = (method: string, id: string): void => {
    const uses = method === 'step' ? usesText(planner.body, call, call.arguments) : '';
    const before = `${scope.use()}${uses}.${method}(${id}, `;
    planner.plan.callee(call, { parts: [before, ')'], holes: [call.expression] });
    visitArguments(planner, call, method === 'step', scope);
  };
  // A list of promises from elsewhere: each of them is a step.
  const outside = ({ arguments: [list] }: ts.CallExpression): string => {
    const value = list && unwrap(file.ts, list);
    const read = value && (file.ts.isIdentifier(value) || file.ts.isPropertyAccessExpression(value));
    return read && isFromOutside(planner.body, value) ? ', true' : '';
  };
  const site = (kind: SiteKind): string => names.site(calleeName(file, call.expression), kind, call);
  if (combinator) {
    planner.plan.callee(call, {
      parts: [`${scope.use()}.combinator(${site('combinator')}, "${combinator[1]}"${outside(call)})`],
      holes: [],
    });
    const [list] = call.arguments;
    if (list && !isHeldElsewhere(planner.body, list)) checkPromiseList(planner, list);
    // The elements of a literal are planned one by one.
    if (list && outside(call) === '' && !isListed(file, list)) planListFromElsewhere(planner, list, scope);
    visitArguments(planner, call, false, scope);
  } else if (origin === 'use-durable#sleep') spanned('sleep', site('sleep'));
  else if (origin === 'timers/promises#setTimeout') spanned('delay', site('sleep'));
  else if (origin === 'use-durable#step') spanned('step', stepName(planner, call));
  else if (origin === 'AbortSignal.timeout') planDeadline(planner, call, scope);
  else if (origin === 'use-durable#since') planSince(planner, call, scope);
  else if (SHOWING.includes(origin)) planShowing(planner, call, scope);
  else if (Object.hasOwn(WAITS, origin)) spanned('call', site(WAITS[origin]!));
  else return planTimer(planner, call, origin, scope);
  return true;
}

/** `since('name')` is no wait and no site: it only asks. */
function planSince(planner: Planner, call: ts.CallExpression, scope: FunctionScope): void {
  const { file, body, plan } = planner;
  if (sinceName(body, call) === undefined || call.arguments.length > 1)
    file.reporter.report('sinceName', call, shownText(file.ts, call));
  plan.callee(call, { parts: [`${scope.use(true)}.since(`, ')'], holes: [call.expression] });
}

/** `setAttributes({ customer })` is no wait and no site. */
function planShowing(planner: Planner, call: ts.CallExpression, scope: FunctionScope): void {
  planner.plan.callee(call, { parts: [`${scope.use(true)}.show(`, ')'], holes: [call.expression] });
  visitArguments(planner, call, false, scope);
}

function isListed({ ts }: FileContext, list: ts.Expression): boolean {
  const node = unwrap(ts, list);
  return ts.isArrayLiteralExpression(node) && !node.elements.some((one) => ts.isSpreadElement(one));
}

/** Functions that wait for something from outside, by origin. The runtime recognizes them by identity. */
const WAITS: Readonly<Record<string, SiteKind>> = {
  'use-durable#waitFor': 'signal',
  'use-durable#signals': 'signal',
  'use-durable#createCallback': 'callback',
  'use-durable#startChild': 'child',
};

/** The id of `step(...)`: the name that the author chose, or `step`. */
function stepName(planner: Planner, call: ts.CallExpression): string {
  const { file, names } = planner;
  const [first] = call.arguments;
  const name =
    first && file.ts.isStringLiteralLike(first) ? handName(first.text) : calleeName(file, call.expression);
  return names.site(name, 'step', call);
}
