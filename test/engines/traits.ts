/** What each engine can do and what it can't. `contract.ts` proves every word of it, docs/engines.md shows it. */
import { type Capabilities, FEATURES, type Traits } from './harness.ts';

const everything = Object.fromEntries(
  Object.keys(FEATURES).map((feature) => [feature, true]),
) as unknown as Capabilities;

/** No engine: the function itself. */
export const plain: Traits = { name: 'plain', can: everything, crashes: ['never'] };

export const memory: Traits = { name: 'memory', can: everything, crashes: ['never', 'replay'] };

export const file: Traits = { name: 'file', can: everything, crashes: ['never', 'kill'] };

export const restate: Traits = { name: 'Restate', can: everything, crashes: ['never', 'replay', 'kill'] };

const lambda: Capabilities = {
  ...everything,
  cancellation: {
    why:
      'Lambda ends an execution where it stands (`StopDurableExecution`), and no code of it runs after that, `finally` ' +
      'neither. Send a signal instead, for which the function waits.',
  },
};

const lambdaNotes: Traits['notes'] = {
  signals:
    'Lambda has callbacks only: each wait for a signal is one, whose token `onWaitFor` hands to the sender. So it is the ' +
    'sender who keeps what he has to send before it is waited for, as the tests do.',
  children:
    "Lambda can't find an execution by an id. An id that is given has to begin with `currentRun().id`; any other is " +
    'refused with an `UnsupportedError`, since two runs that give it would start two.',
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
