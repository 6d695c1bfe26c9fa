/** What a terminal and a supervisor send to a program that is to end. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Calls `stop` once when the process is asked to end. The second time it ends at once: what is under way is called again when
 * its run resumes.
 *
 * @returns a function that leaves signals to the process again
 */
export function onStopRequest(stop: (signal: NodeJS.Signals) => Promise<void>): () => void {
  let isAsked = false;
  const listener = (signal: NodeJS.Signals): void => {
    if (isAsked) process.exit(signal === 'SIGINT' ? 130 : 143);
    isAsked = true;
    stop(signal).catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}
