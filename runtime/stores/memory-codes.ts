import type { Run } from './memory-run.ts';
import { type CodeInUse, hasEnded } from './store.ts';

/** Which code the unfinished of these runs execute. */
export function codeInUse(runs: Iterable<Run>): readonly CodeInUse[] {
  const found = new Map<string, CodeInUse>();
  for (const { fn: own, codes, status, createdAt } of runs) {
    if (hasEnded(status)) continue;
    const executed = codes.has(own) ? [...codes] : [[own, null] as const, ...codes];
    for (const [fn, code] of executed) {
      const key = JSON.stringify([fn, code]);
      const { running = 0, blocked = 0, since = createdAt } = found.get(key) ?? {};
      found.set(key, {
        fn,
        code,
        running: running + (status === 'running' ? 1 : 0),
        blocked: blocked + (status === 'blocked' ? 1 : 0),
        since: Math.min(since, createdAt),
      });
    }
  }
  const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
  return [...found.values()].sort((one, other) => compare(one.fn, other.fn) || one.since - other.since);
}
