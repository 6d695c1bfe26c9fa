/** Texts of errors about waits and child runs. */

export const abortSignalInvalid = (key: string): string =>
  `The wait "${key}": signal must be an AbortSignal.`;

export const waitNotAbortable = (key: string): string =>
  `The wait "${key}" has a signal, and this engine can't call a wait off. Give it a timeout.`;

export const abortedFromOutside = (key: string): string =>
  `The signal of the wait "${key}" was aborted from outside of the durable function: by a step, or by something else in the ` +
  `process. A replay would not see that. Abort it in the durable function, or send the run a signal (handle.signal) or a ` +
  `cancellation.`;

export const childNotDurable = (): string => 'startChild(fn, args): fn must be a durable function.';

export const childArgumentsNoArray = (id: string): string =>
  `startChild: the arguments of "${id}" must be an array.`;

/** The text that the platform has for it. */
export const operationAborted = (): string => 'The operation was aborted';
