import type ts from 'typescript';
import type { PlanBuilder } from '../base/plan.ts';
import type { Body } from '../body/body.ts';
import type { SiteNames } from '../body/name-sites.ts';
import type { UnawaitedCall } from '../body/unawaited-calls.ts';
import type { FileContext } from '../file/file-context.ts';
import type { PromiseFlow } from '../flow/track-promises.ts';

/** The shared parts of the planners. Each plans one kind of node, and knows only the planners of its parts. */

/** The constant that holds the `Scope` of one function. It is planned when something in the function uses it. */
export interface FunctionScope {
  /**
   * Source text of the scope.
   *
   * @param possible for a possible step, which must not change the names of scopes that other calls use
   */
  use(possible?: boolean): string;
}

/** The state of pass 3 over one durable function, handed to the functions that plan single kinds of nodes. */
export interface Planner {
  readonly file: FileContext;
  readonly body: Body;
  readonly plan: PlanBuilder;
  readonly names: SiteNames;
  readonly flow: PromiseFlow;
  /** The name under which the file imports `use-durable/compiled`. */
  readonly runtime: string;
  /** Calls that aren't awaited and whose callee is not written in the body. They are checked once the body is planned. */
  readonly unawaited: UnawaitedCall[];
  /** What connects the links of chains with the workflow. */
  readonly tangles: Map<ts.Expression, Tangle>;
  /** A new name for a scope constant. */
  nextScopeName(): string;
  /** Plans a node and all nodes below it. */
  visit(node: ts.Node, scope: FunctionScope): void;
}

/** What connects a part of a link with the workflow. Read for each link with which a chain may begin; computed once. */
export interface Tangle {
  readonly awaits: boolean;
  /** The variable of the durable function that it uses. */
  readonly touches: string | undefined;
}
