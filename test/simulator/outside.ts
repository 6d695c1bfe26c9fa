import { currentRun } from '../../runtime/index.ts';

interface Outside {
  onToken: ((runId: string, token: string) => void) | undefined;
  /** Ends the process that is acting. */
  onEnd: (() => void) | undefined;
}

const KEY = Symbol.for('use-durable.test.simulator');
const holder = globalThis as unknown as Record<symbol, Outside>;

/** Told of the tokens that runs hand out, and of steps that end their process; one for all copies of this module that a test runner may load. */
export function outside(): Outside {
  holder[KEY] ??= { onToken: undefined, onEnd: undefined };
  return holder[KEY];
}

export async function tellToken(token: string): Promise<void> {
  outside().onToken?.(currentRun().id, token);
}

export async function endProcess(): Promise<void> {
  outside().onEnd?.();
}
