/** A thrown value may be anything, and reading it may throw. These functions never throw. */

/** For people: the stack of an error or its name and message, the text of anything else. */
export function textOf(thrown: unknown, isLong = false): string {
  try {
    if (!(thrown instanceof Error)) return String(thrown);
    const { stack } = thrown;
    if (isLong && typeof stack === 'string') return stack;
    return `${String(thrown.name)}: ${String(thrown.message)}`;
  } catch {
    return 'What it threw has no text.';
  }
}

/** An error with a message that can be read: the thrown one, if it is such an error. */
export function asError(thrown: unknown): Error {
  try {
    if (thrown instanceof Error && typeof thrown.message === 'string') return thrown;
  } catch {
    // Its class can't be read.
  }
  return new Error(textOf(thrown), { cause: thrown });
}
