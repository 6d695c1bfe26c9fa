import type { InspectSource, RunRecord } from '../../runtime/tools/look.ts';
import { agoText } from '../runs/times.ts';

/** In a few words: whether an unfinished run is driven, or what keeps it from that. Empty for others. */
export async function standingText(
  source: InspectSource,
  { id, status, reason }: RunRecord,
  now: number,
): Promise<string> {
  if (status === 'blocked') return (reason ?? '').split('\n', 1)[0]!;
  if (status !== 'running') return '';
  const standing = await source.standing(id);
  if (standing === undefined) return '';
  const { owner, wakeAt, crashes } = standing;
  if (owner?.state === 'alive') return 'driven';
  if (owner !== undefined) return `its worker is ${owner.state}`;
  if (wakeAt <= now) return 'due, no worker has it';
  if (crashes.count > 1) return `held back, ${agoText(wakeAt, now)}`;
  return wakeAt === Number.POSITIVE_INFINITY ? 'waits for a message' : `waits, ${agoText(wakeAt, now)}`;
}
