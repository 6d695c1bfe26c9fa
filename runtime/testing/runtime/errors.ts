import { DurableError } from '../../base/errors.ts';

/** A test waits for something that can't happen any more. */
export class NeverError extends DurableError {
  constructor(message: string) {
    super('NEVER', message);
  }
}

/** A durable function does something else after a crash than without one. */
export class CrashSweepError extends DurableError {
  constructor(message: string) {
    super('CRASH_SWEEP', message);
  }
}
