import { signal } from '@preact/signals';
import { Dialog } from './dialog.tsx';

/** Whether it is open. */
export const help = signal(false);

const KEYS = [
  ['j, k', 'the next and the previous row'],
  ['Enter', 'open the row'],
  ['x', 'choose the row for an action on several runs'],
  ['/', 'search'],
  ['[, ]', 'the page before, and the next one'],
  ['g', 'the drawing; s: the source; v: the values'],
  ['Esc', 'back: close, clear the search, all runs'],
  ['?', 'this help'],
] as const;

const SIGNS = [
  ['✓', 'done'],
  ['✗', 'failed'],
  ['◷', 'waiting: for a time, for the next attempt, or for something from outside'],
  ['●', 'running'],
  ['■', 'blocked: its journal does not fit the code, or its workers died'],
  ['⊘', 'cancelled'],
] as const;

export function Help() {
  if (!help.value) return null;
  const close = (): void => {
    help.value = false;
  };
  return (
    <Dialog title="Help" close={close}>
      <h3>Keys</h3>
      <dl class="keys">
        {KEYS.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <h3>Signs</h3>
      <dl class="keys">
        {SIGNS.map(([sign, meaning]) => (
          <div key={sign}>
            <dt>{sign}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <div class="buttons">
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
