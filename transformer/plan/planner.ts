import type ts from 'typescript';
import type { PlanBuilder } from '../base/plan.ts';
import type { Body } from '../body/body.ts';
import type { SiteNames } from '../body/name-sites.ts';
import type { UnawaitedCall } from '../body/unawaited-calls.ts';
import type { FileContext } from '../file/file-context.ts';
import type { PromiseFlow } from '../flow/track-promises.ts';

/** What the planners share. Each plans one kind of node and knows no other planner but those of its parts. */

/** The constant that holds the `Scope` of one function; it is planned once something in the function uses it. */
export interface FunctionScope {
  /**
   * Source text of the scope.
   *
   * @param quiet for a quiet call, which must not change the names of the scopes that there were before there were such calls
   */
  use(quiet?: boolean): string;
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
  /** Calls that aren't awaited and whose callee is not written in the body, to be checked once the body is planned. */
  readonly unawaited: UnawaitedCall[];
  /** What ties the links of chains to the workflow. */
  readonly tangles: Map<ts.Expression, Tangle>;
  /** A new name for a scope constant. */
  nextScopeName(): string;
  /** Plans a node and all below it. */
  visit(node: ts.Node, scope: FunctionScope): void;
}

/** What ties a part of a link to the workflow. Asked for each link that a chain may begin with, worked out once. */
export interface Tangle {
  readonly awaits: boolean;
  /** The variable of the durable function that it uses. */
  readonly touches: string | undefined;
}
