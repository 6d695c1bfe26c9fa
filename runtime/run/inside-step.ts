import { MisuseError } from '../base/errors.ts';
import { calledInsideStep } from '../base/messages/steps.ts';

/** The error of a durable wait, or of a step, in the body of a step. `name` is the function that was called. */
export const notInsideStep = (name: string): MisuseError => new MisuseError(calledInsideStep(name));
