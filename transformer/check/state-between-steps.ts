import type ts from 'typescript';
import type { Body } from '../body/body.ts';
import { calleeName } from '../body/callees.ts';
import { followCallee } from '../body/followed-calls.ts';
import type { SiteNode } from '../body/name-sites.ts';
import type { ModuleState } from '../file/module-state.ts';
import { isFunctionNode, isReference, walk } from '../syntax/nodes.ts';

/** What the code of a step does with variables of the module. */
interface Uses {
  readonly reads: ReadonlySet<ts.Node>;
  /** The first change of each, by the declaration of the variable. */
  readonly changes: ReadonlyMap<ts.Node, ts.Node>;
}

interface Step {
  readonly callee: ts.Expression;
  readonly uses: Uses;
}

/**
 * Reports steps that read a variable of the module which only another step of the function sets. After a restart the other step
 * is not called again, so the variable has its first value.
 */
export function checkStateBetweenSteps(body: Body, sites: readonly SiteNode[], state: ModuleState): void {
  const { file } = body;
  const { ts, reporter, sourceFile } = file;
  const known = new Map<ts.Node, Uses>();
  const steps = sites.flatMap(({ site, node }) => stepAt(site.kind, node) ?? []);
  for (const { callee, uses } of steps) {
    for (const variable of uses.reads) {
      if (uses.changes.has(variable)) continue;
      const setter = steps.find((other) => other.uses.changes.has(variable));
      const change = setter?.uses.changes.get(variable);
      if (!setter || !change || !ts.isVariableDeclaration(variable)) continue;
      const name = variable.name.getText(sourceFile);
      const line = String(file.positionOf(change).line);
      reporter.report('stateBetweenSteps', callee, textOf(callee), name, textOf(setter.callee), line);
      break;
    }
  }

  function textOf(callee: ts.Expression): string {
    return calleeName(file, callee).slice(0, 60);
  }

  function stepAt(kind: string, node: ts.Node): Step | undefined {
    if (kind !== 'step' || !ts.isCallExpression(node)) return undefined;
    const code = [node.expression, ...node.arguments].flatMap((part) => codeOf(part) ?? []);
    if (code.length === 0) return undefined;
    const reads = new Set<ts.Node>();
    const changes = new Map<ts.Node, ts.Node>();
    for (const part of code) {
      const uses = usesOf(part, new Set());
      for (const variable of uses.reads) reads.add(variable);
      for (const [variable, change] of uses.changes)
        if (!changes.has(variable)) changes.set(variable, change);
    }
    return { callee: node.expression, uses: { reads, changes } };
  }

  /** A function of the module, or a closure that is written as the argument of a step. */
  function codeOf(expression: ts.Expression): ts.Node | undefined {
    const followed = followCallee(file, expression);
    return followed && 'code' in followed && isFunctionNode(ts, followed.code) ? followed.code : undefined;
  }

  function usesOf(code: ts.Node, asked: Set<ts.Node>): Uses {
    const before = known.get(code);
    if (before) return before;
    asked.add(code);
    const reads = new Set<ts.Node>();
    const changes = new Map<ts.Node, ts.Node>();
    walk(ts, code, (node) => {
      if (ts.isCallExpression(node)) {
        const called = codeOf(node.expression);
        if (!called || asked.has(called)) return;
        const inner = usesOf(called, asked);
        for (const variable of inner.reads) reads.add(variable);
        for (const [variable, change] of inner.changes)
          if (!changes.has(variable)) changes.set(variable, change);
      }
      if (!ts.isIdentifier(node) || !isReference(ts, node)) return;
      const variable = state.variableAt(node);
      if (!variable) return;
      const change = state.changeAt(node);
      if (!change) reads.add(variable);
      else if (!changes.has(variable)) changes.set(variable, change);
    });
    const uses = { reads, changes };
    known.set(code, uses);
    return uses;
  }
}
