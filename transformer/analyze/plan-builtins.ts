import type ts from 'typescript';
import { originOf } from './callees.ts';
import type { FunctionScope, Planner } from './plan-body.ts';
import { isReference } from './syntax.ts';

/**
 * Pass 3c. Reads of time, chance and the console, resolved by binding: they go to the run's clock, generator and
 * output gate.
 */
const READS: Readonly<Record<string, string>> = {
  'Date.now': 'now',
  'performance.now': 'performanceNow',
  'Math.random': 'random',
  'crypto.randomUUID': 'randomUUID',
  'crypto.getRandomValues': 'getRandomValues',
  'crypto#randomUUID': 'randomUUID',
  'crypto#getRandomValues': 'getRandomValues',
  'crypto#webcrypto.randomUUID': 'randomUUID',
  'crypto#webcrypto.getRandomValues': 'getRandomValues',
  'perf_hooks#performance.now': 'performanceNow',
};

/** Plans a builtin; true if the node was one, and nothing below it is left to plan. */
export function planBuiltin(planner: Planner, node: ts.Expression, scope: FunctionScope): boolean {
  const { file, plan } = planner;
  const { ts } = file;
  if (ts.isNewExpression(node)) {
    const args = node.arguments ?? [];
    if (originOf(file, node.expression) !== 'Date') return false;
    // With an argument that isn't spread it is a fixed date; a spread may turn out empty.
    if (args.length > 0 && !args.every(ts.isSpreadElement)) return false;
    if (args.length === 0) plan.replace(node, [`${scope.use()}.date()`], []);
    else plan.replace(node, [`${scope.use()}.date(`, ...args.slice(1).map(() => ', '), ')'], args);
    for (const argument of args) planner.visit(argument, scope);
    return true;
  }
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) || ts.isIdentifier(node)) {
    if (ts.isIdentifier(node) && (!isReference(ts, node) || ts.isShorthandPropertyAssignment(node.parent)))
      return false;
    const origin = originOf(file, node);
    if (origin === undefined) return false;
    const called = ts.isCallExpression(node.parent) && node.parent.expression === node;
    if (origin === 'Date' && called) {
      plan.replace(node, [`${scope.use()}.dateString`], []);
      return true;
    }
    if (origin === 'console') {
      plan.replace(node, [`${scope.use()}.console`], []);
      return true;
    }
    const read = Object.hasOwn(READS, origin) ? READS[origin] : undefined;
    if (read === undefined) return false;
    // An import stays referenced, or the two emitters would differ in the imports that TypeScript drops.
    if (origin.includes('#')) {
      plan.replace(node, [`${scope.use()}.builtin("${read}", `, ')'], [node]);
    } else plan.replace(node, [called ? `${scope.use()}.${read}` : `${scope.use()}.builtin("${read}")`], []);
    return true;
  }
  return false;
}
