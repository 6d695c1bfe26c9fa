import { types } from 'node:util';
import type { Settle } from './backend.ts';
import { type Run, type StepContext, within } from './context.ts';
import type { Definition } from './definitions.ts';
import { MisuseError } from './errors.ts';
import { conclude, deliver } from './outcome.ts';

type Body = () => unknown;

/** The promise for the outcome of a step; `definition` is the durable function whose source the call stands in. */
export function awaitStep(run: Run, definition: Definition, key: string, body: Body): Promise<unknown> {
  return request(run, definition, key, (attempt, done) => {
    const context: StepContext = { place: 'step', run, key, attempt, undecided: undefined };
    conclude(() => within(context, () => assimilate(body())), `step "${key}"`, definition.classes, done);
  });
}

/** What `await` makes of a result: a thenable is asked for its outcome while the step's context is the current one. */
function assimilate(result: unknown): unknown {
  return typeof result === 'object' && result !== null ? Promise.resolve(result) : result;
}

/**
 * A call whose result isn't awaited where it stands. A native promise makes it a step that is under way already;
 * anything else is the result of a helper, which is workflow code and is called again on every replay.
 *
 * @throws whatever the call throws before it returns
 * @throws MisuseError if the call returned no promise but called compiled closures, which then ran as parts of a step
 */
export function beginStep(run: Run, definition: Definition, key: string, body: Body): unknown {
  switch (run.backend.state(key)) {
    case 'recorded':
      return awaitStep(run, definition, key, body);
    case 'plain': {
      const result = body();
      // It was no promise when it was recorded: the backend finds that the code has changed.
      return types.isPromise(result) ? adopt(run, definition, key, result) : result;
    }
    case 'live': {
      const result = callUndecided(run, key, body);
      if (types.isPromise(result)) return adopt(run, definition, key, result);
      run.backend.recordPlain(key);
      return result;
    }
  }
}

function callUndecided(run: Run, key: string, body: Body): unknown {
  const context: StepContext = { place: 'step', run, key, attempt: 1, undecided: 'untouched' };
  let result: unknown;
  try {
    result = within(context, body);
  } catch (error) {
    if (wasTouched(context)) throw ambiguous(key);
    run.backend.recordPlain(key);
    throw error;
  }
  if (wasTouched(context) && !types.isPromise(result)) throw ambiguous(key);
  return result;
}

/** What is called from here on, by a step that goes on, is part of a step for sure. */
function wasTouched(context: StepContext): boolean {
  const touched = context.undecided === 'touched';
  context.undecided = undefined;
  return touched;
}

const ambiguous = (key: string): MisuseError =>
  new MisuseError(
    `The call "${key}" isn't awaited, was given functions of the durable function, called them, and returned no ` +
      `promise. Until it returned it could not be told whether they belong to the workflow or to a step. Await the ` +
      `call where it stands, and it is one step; or pass it functions that use no await, clock or console.`,
  );

/** A step whose body is under way. Its rejection is taken care of at once, though a replay may ask for it later. */
function adopt(run: Run, definition: Definition, key: string, promise: Promise<unknown>): Promise<unknown> {
  const outcome = new Promise<Parameters<Settle>[0]>((done) => {
    conclude(() => promise, `step "${key}"`, definition.classes, done);
  });
  return request(run, definition, key, (_attempt, done) => void outcome.then(done));
}

function request(
  run: Run,
  definition: Definition,
  key: string,
  execute: (attempt: number, done: Settle) => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    run.backend.step({ key, execute }, (outcome) => deliver(outcome, definition.classes, resolve, reject));
  });
}
