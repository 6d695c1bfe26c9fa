import type { RunEvent } from 'use-durable';
import { duration, table } from '../../scripts/ui.ts';

/** A step or a wait that is over. */
interface Stretch {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly attempt: string;
  readonly worker: string;
}

const WIDTH = 40;

/** A table of what the run did, when, and which process did it. */
export function timeline(events: readonly RunEvent[], pidOf: (worker: string) => string): string[] {
  const stretches = stretchesOf(events);
  const start = Math.min(...stretches.map(({ from }) => from));
  const total = Math.max(...stretches.map(({ to }) => to)) - start;
  const column = (at: number): number => Math.floor(((at - start) / Math.max(total, 1)) * (WIDTH - 1));
  const rows = stretches.map(({ key, from, to, attempt, worker }) => {
    const bar = ' '.repeat(column(from)) + '━'.repeat(column(to) - column(from) + 1);
    return [key, duration(to - from), attempt, pidOf(worker), bar];
  });
  return table([['step', 'took', 'attempt', 'process', ''], ...rows], [1, 2, 3]);
}

function stretchesOf(events: readonly RunEvent[]): Stretch[] {
  const set = new Map<string, number>();
  return events.flatMap((event): Stretch[] => {
    if (event.type === 'wait-set') set.set(event.key, event.at);
    if (event.type === 'wait-fired') {
      const { key, at, worker } = event;
      return [{ key, from: set.get(key) ?? at, to: at, attempt: '', worker }];
    }
    if (event.type !== 'step') return [];
    const { key, startedAt, at, attempt, worker } = event;
    return [{ key, from: startedAt, to: at, attempt: String(attempt), worker }];
  });
}
