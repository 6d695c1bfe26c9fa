/** Texts of errors of the testing kit. */

export const functionHasNoStep = (fn: string, step: string, steps: string): string =>
  `"${fn}" has no step "${step}". It has: ${steps}.`;

export const closedDuringStep = (): string => 'The test runtime was closed while the step was under way.';

export const stepUnknown = (where: string, name: string, similar: string): string =>
  `${where} names "${name}", but no durable function that has been imported has such a step.${similar}`;

export const replacementNoFunction = (id: string): string =>
  `What stands in the place of the step "${id}" must be a function.`;

export const processDied = (): string => 'The process died.';

export const memoryStoreLostRun = (): string => 'A store in memory answers at once, and has the run.';

export const journalBeginsOtherwise = (): string => 'A journal begins with the event "run-started".';

export const memoryStoreNotAtOnce = (): string => 'A store in memory answers at once.';

export const runNeverGotTo = (runId: string, name: string, why: string, asked: string): string =>
  `The run "${runId}" never got to "${name}": ${why}. It has asked for ${asked} so far.`;

export const lastingWithoutImplementation = (): string =>
  'lasting(duration, implementation): the implementation must be a function.';

export const nowInvalid = (): string => 'The option now must be a valid date.';

export const replayStartsNoRuns = (): string => 'A replay starts no runs.';

export const replayOver = (): string => 'The replay is over.';

export const roundTripNotDurable = (): string =>
  'roundTrip: `in` is not a durable function, or was not compiled.';

export const outsideNotCopied = (reason: string): string =>
  `crashSweep: what outside() returns can't be copied: ${reason} Give plain data.`;

export const sweepStandsStill = (keys: string): string =>
  `crashSweep: the run waits for ${keys}, which nothing is going to bring. Send it in the option ` +
  `drive: async (run, runtime) => { ... }.`;

export const effectOutsideSteps = (
  fn: string,
  what: string,
  when: string,
  expected: string,
  actual: string,
): string =>
  [
    `crashSweep: ${fn} has an effect outside of its steps: ${what}.`,
    `  the crash:         ${when}`,
    `  without the crash: ${expected}`,
    `  after the crash:   ${actual}`,
    'What a durable function does outside of steps is done again on every replay. Put it into a step: await it where it ' +
      'is called, or write step(() => ...).',
  ].join('\n');

export const stepsDiffer = (fn: string, what: string, expected: string, actual: string): string =>
  [
    `crashSweep: ${fn} does something else each time that its steps are called: ${what}.`,
    `  the first time:  ${expected}`,
    `  the second time: ${actual}`,
    'With callSteps, a step must return the same result whenever it is called with the same arguments. Bring what is outside back in the ' +
      'option reset, what modules hold in the option restart, and put other calls in the place of steps that depend on ' +
      'the clock or on chance: steps: { charge: () => ... }.',
  ].join('\n');

export const sweepWithoutEnd = (fn: string, maxLives: number, events: number): string =>
  `crashSweep: ${fn} didn't come to its end in ${maxLives} processes that each died after one ` +
  `event; without a crash it took ${events} events. If it needs that many, ` +
  `raise maxLives.`;

export const maxLivesInvalid = (maxLives: number): string =>
  `crashSweep: maxLives must be a number from 1 on, not ${maxLives}.`;

export const callStepsWithoutReset = (): string =>
  'crashSweep: with callSteps the steps are called again, so what outside() shows must be brought back: give reset.';

export const sweepOptionNoFunction = (name: string): string =>
  `crashSweep: the option ${name} must be a function.`;

/** @param reads what code that is not compiled has read of the world */
export const differsAfterCrash = (
  fn: string,
  what: string,
  when: string,
  expected: string,
  actual: string,
  reads: readonly string[],
): string =>
  [
    `crashSweep: ${fn} does something else after a crash: ${what}.`,
    `  the crash:         ${when}`,
    `  without the crash: ${expected}`,
    `  after the crash:   ${actual}`,
    ...reads.map((read) => `  read in between:   ${read}`),
    'What differs from one execution to the next is usually state outside of the function (a variable of the module, a ' +
      'cache), the environment, the time or chance in a helper, a value that a step has changed in place, an object that ' +
      'steps read on in (a cursor, an iterator), or a promise that no step made.',
  ].join('\n');

/** @param step a description of the step, if it is known */
export const stepNotRepeatable = (
  fn: string,
  step: string | undefined,
  what: string,
  expected: string,
  actual: string,
): string =>
  [
    `crashSweep: ${fn} has ${step === undefined ? 'steps that together' : 'a step that'} can't be called twice: ${what}.`,
    ...(step === undefined ? [] : [`  the step:     ${step}`]),
    `  called once:  ${expected}`,
    `  called twice: ${actual}`,
    'A process that dies before the outcome of a step is recorded calls it again. Make it idempotent, by ' +
      'currentStep().idempotencyKey, which is the same in both calls; or let it be called at most once, with the policy ' +
      '{ atMostOnce: true }.',
  ].join('\n');
