import { currentRun } from '../../runtime/index.ts';

interface Outside {
  onToken: ((runId: string, token: string) => void) | undefined;
}

const KEY = Symbol.for('use-durable.test.simulator');
const holder = globalThis as unknown as Record<symbol, Outside>;

/** Told of the tokens that runs hand out; one for all copies of this module that a test runner may load. */
export function outside(): Outside {
  holder[KEY] ??= { onToken: undefined };
  return holder[KEY];
}

export async function tellToken(token: string): Promise<void> {
  outside().onToken?.(currentRun().id, token);
}
