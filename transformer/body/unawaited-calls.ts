import type { CallNode } from '../syntax/nodes.ts';

/** A call that isn't awaited in place. `started`: its promise is used later. */
export interface UnawaitedCall {
  readonly call: CallNode;
  readonly origin: string | undefined;
  readonly started: boolean;
  /** It is a step only if it returns a promise, which syntax doesn't show. */
  readonly possible: boolean;
}
