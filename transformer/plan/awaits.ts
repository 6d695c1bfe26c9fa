import type ts from 'typescript';
import { calleeName } from '../body/callees.ts';
import type { FileContext } from '../file/file-context.ts';
import type { PossibleMode } from '../flow/possible-steps.ts';
import { isImportCall, rootOf, unwrap } from '../syntax/nodes.ts';
import { holdsAwait } from './call-modes.ts';
import { planChain } from './chains.ts';
import { isCombined, planFromElsewhere } from './foreign-values.ts';
import { local } from './local-values.ts';
import { planOffered } from './offered-values.ts';
import type { FunctionScope, Planner } from './planner.ts';
import { planNew } from './promises.ts';
import { planRead } from './reads.ts';
import { planScheduler } from './schedulers.ts';

/**
 * Pass 3a. Operands of `await` that are not calls. A foreign promise is a step. A promise of a local variable stays as it is,
 * with a check at run time.
 */
export function planAwaited(planner: Planner, node: ts.Expression, scope: FunctionScope): boolean {
  const { file, flow, plan, body } = planner;
  const { ts } = file;
  if (ts.isNewExpression(node))
    return planScheduler(planner, node, scope) || planNew(planner, node, flow.awaited.has(node), scope);
  if (flow.returned.has(node) && !flow.awaited.has(node)) return planReturned(planner, node, scope);
  if (flow.reads.has(node) && !holdsAwait(planner, node)) {
    const id = planner.names.site(calleeName(file, node), 'step', node);
    planRead(planner, node, `${scope.use()}.startRead(${id}, () => `);
    return true;
  }
  if (!flow.awaited.has(node))
    return (
      (isCombined(file, node) && planFromElsewhere(planner, node, scope)) || planOffered(planner, node, scope)
    );
  if (ts.isIdentifier(node)) {
    const binding = file.bindings.resolve(node);
    if (binding && body.isLocal(binding)) {
      if (!planFromElsewhere(planner, node, scope)) plan.wrap(node, local(planner, node, scope), ')');
    } else if (binding) settle();
    else if (!/^(undefined|NaN|Infinity)$/.test(node.text)) settle();
    return true;
  }
  if (ts.isYieldExpression(node)) {
    // The code that resumes the generator passes in the value.
    planner.names.note('await yield', node);
    plan.wrap(node, `${scope.use()}.local("await yield", `, ')');
    ts.forEachChild(node, (child) => planner.visit(child, scope));
    return true;
  }
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return false;
  const root = rootOf(ts, node);
  if (hasCall(file, node) && planChain(planner, node, 'await', scope) === 'planned') return true;
  const binding = ts.isIdentifier(root) ? file.bindings.resolve(root) : undefined;
  const foreign =
    root.kind === ts.SyntaxKind.ThisKeyword || root.kind === ts.SyntaxKind.SuperKeyword
      ? body.isOwnThis(root)
      : ts.isIdentifier(root) && !(binding && body.isLocal(binding));
  if (foreign) {
    settle();
    return true;
  }
  if (planMember(planner, node, scope)) return true;
  if (planFromElsewhere(planner, node, scope)) return true;
  plan.wrap(node, local(planner, node, scope), ')');
  ts.forEachChild(node, (child) => planner.visit(child, scope));
  return true;

  function settle(): void {
    // An `await` can't be inside of a thunk.
    if (flow.handedOut.has(node) || holdsAwait(planner, node)) {
      const given = local(planner, node, scope, 'given');
      plan.wrap(node, given, ')');
      return ts.forEachChild(node, (child) => planner.visit(child, scope));
    }
    const id = planner.names.site(calleeName(file, node), 'step', node);
    planRead(planner, node, `${scope.use()}.read(${id}, () => `);
  }
}

function hasCall({ ts }: FileContext, expression: ts.Expression): boolean {
  let at = unwrap(ts, expression);
  while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at))
    at = unwrap(ts, at.expression);
  return (ts.isCallExpression(at) && !isImportCall(ts, at)) || ts.isTaggedTemplateExpression(at);
}

/** The way in which the object of `r.text` is made, if `const r = ask()` is a call of something outside that isn't awaited. */
function modeOfMade({ file, flow }: Planner, node: ts.PropertyAccessExpression): PossibleMode | undefined {
  const { ts } = file;
  const root = unwrap(ts, node.expression);
  const declaration = ts.isIdentifier(root) ? file.bindings.resolve(root)?.declaration : undefined;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
  if (node.questionDotToken || ts.isPrivateIdentifier(node.name)) return undefined;
  return flow.possible.calls.get(unwrap(ts, declaration.initializer))?.mode;
}

/**
 * A promise in the return value of a call outside of steps. It is recorded, since after a restart it would be another promise.
 */
function planMember(planner: Planner, node: ts.Expression, scope: FunctionScope): boolean {
  const { file, plan, names } = planner;
  if (!file.ts.isPropertyAccessExpression(node) || modeOfMade(planner, node) !== 'handle') return false;
  const id = names.possible(calleeName(file, node), 'step', node);
  const before = `${local(planner, node, scope)}${scope.use(true)}.maybe.member(${id}, `;
  plan.replace(node, [before, `, ${JSON.stringify(node.name.text)}))`], [node.expression]);
  planner.visit(node.expression, scope);
  return true;
}

/** A name that an async function returns: its kind of promise is not known. */
function planReturned(planner: Planner, node: ts.Expression, scope: FunctionScope): boolean {
  const { file, plan, body } = planner;
  const { ts } = file;
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node))
    return false;
  const root = rootOf(ts, node);
  const binding = ts.isIdentifier(root) ? file.bindings.resolve(root) : undefined;
  if (binding && isDeclared(binding.declaration) && !hasCall(file, node)) return false;
  const own = root.kind === ts.SyntaxKind.ThisKeyword && body.isOwnThis(root);
  const outside = binding ? !body.isLocal(binding) : own;
  // `return ask().text`: if it is a promise, the whole expression is a step.
  if (outside && hasCall(file, node) && planChain(planner, node, 'maybe', scope) === 'planned') return true;
  if (planMember(planner, node, scope) || planFromElsewhere(planner, node, scope)) return true;
  const isTaken = ts.isPropertyAccessExpression(node) && modeOfMade(planner, node) !== undefined;
  const isMember = binding !== undefined || root.kind === ts.SyntaxKind.ThisKeyword;
  if (!outside && !isTaken && !ts.isIdentifier(node) && !isMember) return false;
  plan.wrap(node, local(planner, node, scope, outside ? 'given' : 'local'), ')');
  ts.forEachChild(node, (child) => planner.visit(child, scope));
  return true;

  /** A declaration that is surely not a promise. */
  function isDeclared(declaration: ts.Node): boolean {
    return (
      ts.isFunctionDeclaration(declaration) ||
      ts.isClassDeclaration(declaration) ||
      ts.isEnumDeclaration(declaration)
    );
  }
}
