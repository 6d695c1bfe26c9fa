import { maskFailed } from '../base/messages/warnings.ts';
import { isNews } from '../base/process-state.ts';
import { emitWarning } from '../base/warnings.ts';

/** What is to be shown, and of which run. */
export interface MaskPlace {
  /** `attributes`: all of a run, by name. */
  readonly kind: 'input' | 'result' | 'error' | 'attributes' | 'payload';
  readonly runId: string;
  /** The id of its durable function; empty where it isn't known. */
  readonly fn: string;
  /** Of the step or wait that it belongs to; undefined for the run as a whole. */
  readonly key?: string;
}

/** Gives what is shown in the place of a value. It must not change the value. */
export type Mask = (value: unknown, place: MaskPlace) => unknown;

/** Shown in the place of a value whose mask failed. */
const MASKED = '[masked]';

/** The message of an error may quote the value. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.constructor.name : typeof error);

function masked({ kind }: MaskPlace, why: string): string {
  if (isNews('USE_DURABLE_MASK')) emitWarning('USE_DURABLE_MASK', maskFailed(kind, why));
  return MASKED;
}

/** Of a runtime that hides nothing. */
export const noMask: Mask = (value) => value;

/** A mask that never shows a value because it failed. */
export function quietMask(mask: Mask | undefined): Mask {
  if (mask === undefined) return noMask;
  return (value, place) => {
    try {
      const shown = mask(value, place);
      if (!(shown instanceof Promise)) return shown;
      shown.catch(() => {});
      return masked(place, 'Promise');
    } catch (error) {
      return masked(place, nameOf(error));
    }
  };
}
