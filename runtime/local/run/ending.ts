import type { RunEnded } from '../../journal/events.ts';

/** How this process stopped driving a run. */
export type Ending =
  | { readonly type: 'ended'; readonly outcome: RunEnded }
  | { readonly type: 'blocked'; readonly error: Error }
  | { readonly type: 'parked' }
  | { readonly type: 'stopped'; readonly error: Error };
