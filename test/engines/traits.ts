/** What each engine can do and what it can't. `contract.ts` proves every word of it, docs/engines.md shows it. */
import { type Capabilities, FEATURES, type Traits } from './harness.ts';

const everything = Object.fromEntries(
  Object.keys(FEATURES).map((feature) => [feature, true]),
) as unknown as Capabilities;

/** No engine: the function itself. */
export const plain: Traits = { name: 'plain', can: everything, crashes: ['never'] };

export const memory: Traits = { name: 'memory', can: everything, crashes: ['never', 'replay'] };

export const file: Traits = { name: 'file', can: everything, crashes: ['never', 'kill'] };

/** Their runs stay on the deployment that they began with. */
const noBranches: Capabilities['branches'] = {
  why:
    'The engine keeps a run on the deployment that it began with, so no run passes a place in old code and goes on in new code. ' +
    'Write the branch without a condition.',
  error: 'UnsupportedError',
};

export const restate: Traits = {
  name: 'Restate',
  can: { ...everything, branches: noBranches },
  crashes: ['never', 'replay', 'kill'],
};

const lambda: Capabilities = {
  ...everything,
  branches: noBranches,
  cancellation: {
    why:
      'Lambda stops an execution at once (`StopDurableExecution`), and runs no more code of it, not even `finally`. Let the ' +
      'function wait for a signal instead, and send that.',
  },
};

const lambdaNotes: Traits['notes'] = {
  signals:
    'Lambda has callbacks only, so each wait for a signal is a callback. `onWaitFor` passes its token to the sender. The ' +
    'sender must keep a signal until the function waits for it, as the tests do.',
  children:
    "Lambda can't find an execution by an id, so two parents with the same id would start two. The id of a child must " +
    'begin with `currentRun().id`; any other is refused with an `UnsupportedError`.',
};

export const awsSkip: Traits = {
  name: 'AWS Lambda (time skipped)',
  can: lambda,
  notes: lambdaNotes,
  crashes: ['never', 'replay'],
  skipsTime: true,
};

export const aws: Traits = {
  name: 'AWS Lambda',
  can: lambda,
  notes: lambdaNotes,
  crashes: ['never', 'replay'],
};

/** Its SDK over a service of our own, whose invocations die behind every checkpoint. */
export const awsBook: Traits = {
  name: 'AWS Lambda (invocations that die)',
  can: lambda,
  notes: lambdaNotes,
  crashes: ['replay'],
  skipsTime: true,
};

/** As docs/engines.md has them. */
export const engines: readonly Traits[] = [memory, file, aws, awsSkip, awsBook, restate];
