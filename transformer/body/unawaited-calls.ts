import type { CallNode } from '../syntax/nodes.ts';

/** A call that isn't awaited where it stands; `started` where its promise is used later. */
export interface UnawaitedCall {
  readonly call: CallNode;
  readonly origin: string | undefined;
  readonly started: boolean;
  /** It is a step only if it gives a promise, which syntax doesn't show. */
  readonly quiet: boolean;
}
