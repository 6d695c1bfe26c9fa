import { MisuseError } from '../base/errors.ts';
import { capturedVariableWritten } from '../base/messages/steps.ts';
import { currentContext } from './context.ts';

/**
 * A closure begins that changes a variable of the durable function around it. If a step calls it, a replay would lose the
 * change. The compiler can't see that if the step gets the closure indirectly.
 *
 * @throws MisuseError inside a step
 */
export function checkChange(name: string): void {
  const context = currentContext();
  if (context?.place !== 'step') return;
  if (context.undecided === 'open') return void context.touch();
  if (context.undecided === undefined) throw changedInStep(context.key, name);
  context.changed ??= name;
}

export const changedInStep = (key: string, name: string): MisuseError =>
  new MisuseError(capturedVariableWritten(key, name));
