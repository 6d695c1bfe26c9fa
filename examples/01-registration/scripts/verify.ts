import type { RunEvent } from 'use-durable';

export interface Check {
  readonly text: string;
  readonly ok: boolean;
}

/** What the job API counted. */
export interface Counts {
  readonly startJob: number;
  readonly checkStatus: number;
}

/**
 * Compares what happened with the promise: a step that was recorded never runs again.
 *
 * @param output what the workers printed; `validateUser` prints a line whenever it runs
 */
export function verify(events: readonly RunEvent[], counts: Counts, output: readonly string[]): Check[] {
  const recorded = (site: string): number =>
    events.filter((event) => event.type === 'step' && event.key.replace(/\[\d+\]$/, '') === site).length;
  const validations = recorded('validateUser');
  const printed = output.filter((line) => line.startsWith('validateUser:')).length;
  const starts = recorded('startJob');
  const looks = recorded('checkStatus');
  return [
    {
      text: `validateUser ran ${times(printed)} (journal: ${validations}, its own line of output: ${printed})`,
      ok: validations === 1 && printed === 1,
    },
    {
      text: `startJob ran ${times(counts.startJob)} (journal: ${starts}, job API: ${counts.startJob})`,
      ok: starts === 1 && counts.startJob === 1,
    },
    {
      text: `checkStatus ran ${times(counts.checkStatus)} (journal: ${looks}, job API: ${counts.checkStatus})`,
      ok: looks === counts.checkStatus,
    },
  ];
}

const times = (count: number): string => (count === 1 ? 'exactly once' : `${count} times`);
