import type { JournalEvent, RunStarted } from '../../journal/events.ts';
import type { Action } from '../../stores/actions.ts';
import type { Claim, Claimant } from '../../stores/claims.ts';
import type { Store } from '../../stores/store.ts';

/** The run of which a new one is made, and what is kept with it of who did that. */
export interface Origin {
  readonly runId: string;
  readonly action: Action | undefined;
}

/**
 * Creates a run with all its first events, and keeps the action with the run of which it is made, in one transaction: it is never seen
 * without what it keeps of that, since it would do all of it again.
 *
 * @returns null if the id is taken; then nothing is written
 */
export async function createOf(
  store: Store,
  by: Claimant,
  id: string,
  [started, ...kept]: readonly [RunStarted, ...JournalEvent[]],
  { runId, action }: Origin,
): Promise<Claim | null> {
  let created: Claim | null = null;
  let refused: readonly string[] = [];
  await store.together(() => {
    created = store.create(id, started, by) as Claim | null;
    if (created === null) return;
    if (kept.length > 0)
      refused = store.append([{ claim: created, seq: 1, events: kept }]) as readonly string[];
    if (action !== undefined && refused.length === 0) void store.act(runId, action);
  });
  return refused.length > 0 ? null : created;
}
