import type { RunStatus } from '../../../stores/store.ts';
import type { RowState } from '../../api.ts';

type State = RunStatus | RowState;

/** State by a sign and a word too, not by colour alone. */
const SIGNS: Readonly<Record<State, readonly [sign: string, word: string]>> = {
  running: ['●', 'running'],
  waiting: ['◷', 'waiting'],
  blocked: ['■', 'blocked'],
  completed: ['✓', 'completed'],
  done: ['✓', 'done'],
  failed: ['✗', 'failed'],
  cancelled: ['⊘', 'cancelled'],
};

export const wordOf = (state: State): string => SIGNS[state][1];

/** With its word. */
export function Status({ state }: { readonly state: State }) {
  const [sign, word] = SIGNS[state];
  return (
    <span class={`status ${state}`}>
      <span class="sign" aria-hidden="true">
        {sign}
      </span>
      {word}
    </span>
  );
}

/** The sign alone; screen readers get the word. */
export function StatusSign({ state }: { readonly state: State }) {
  const [sign, word] = SIGNS[state];
  return (
    <span class={`status ${state}`} title={word}>
      <span class="sign" aria-hidden="true">
        {sign}
      </span>
      <span class="unseen">{word}</span>
    </span>
  );
}
