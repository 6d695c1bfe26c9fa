import { MisuseError } from '../base/errors.ts';

/** The error of a durable wait, or of a step, in the body of a step. `name` is the function that was called. */
export const notInsideStep = (name: string): MisuseError =>
  new MisuseError(
    `${name}() was called inside a step. A step is one unit: it is recorded as a whole when it ends. Call ${name}() in ` +
      `the durable function itself, before or after the step.`,
  );
