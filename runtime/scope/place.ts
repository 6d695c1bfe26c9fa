import type { Keys } from '../base/keys.ts';
import type { Definition } from '../functions/definition.ts';
import type { DurableScope } from '../functions/durable-scope.ts';
import type { Run } from '../run/run.ts';

/** Where in a run code executes: what the parts of a scope know of it. */
export interface ScopeContext {
  readonly run: Run;
  /** The function whose source the scope is of. */
  readonly definition: Definition;
  /** The key of the scope; empty for the root of the run. */
  readonly path: string;
  readonly keys: Keys;
  /** The captured variables of the call that is made; see `DurableScope.uses`. */
  readonly variables: (() => readonly unknown[]) | undefined;
  /** A scope for a durable function that is called under this id. */
  enter(id: string, definition: Definition): DurableScope;
}
