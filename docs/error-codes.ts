import type { ErrorCode, WarningCode } from '../runtime/base/codes.ts';

/**
 * What the codes of errors and warnings mean. `docs/errors.md` is written from it. The runtime knows the codes alone, so that
 * these texts are in no process.
 */

export interface CodeEntry {
  /** What happened, in one sentence. */
  readonly title: string;
  /** What that means for the run and its journal. */
  readonly meaning: string;
  /** The likely causes, the most frequent first. */
  readonly causes: readonly string[];
  /** What to do. */
  readonly remedy: string;
}

const entry = (title: string, meaning: string, causes: readonly string[], remedy: string): CodeEntry => ({
  title,
  meaning,
  causes,
  remedy,
});

/** The values of `DurableError.code`. */
export const errorCodes: Readonly<Record<ErrorCode, CodeEntry>> = {
  NOT_COMPILED: entry(
    'A function that must be compiled by use-durable is plain code.',
    'The function does not start. Plain code cannot be resumed, so it is refused instead of run without checkpoints.',
    [
      'The project was compiled with `tsc`, which ignores the plugin in tsconfig.json. `tspc` is needed.',
      'The bundler, loader or test runner has no plugin of use-durable. The message names the line to add.',
      'The compiler reported an error in the file. Then no function of the file is compiled, and the message quotes the error.',
      "The function does not start with `'use durable'`, or a decorator replaced the durable method.",
    ],
    'Compile by one of the [build routes](routes.md), and fix the UD errors that the compiler reports.',
  ),
  NOT_SERIALIZABLE: entry(
    'A value cannot be written to the journal.',
    'The step ran, but its result cannot be recorded. The error is thrown at the step, or at `start` if it is about an ' +
      'argument. `path` names the part of the value.',
    [
      'The value contains a function, a stream, a socket or another object that is alive in this process only.',
      'The value is larger or nested deeper than the journal accepts.',
    ],
    'Return only the data that the function needs later, use the object inside of the step, or register its class with ' +
      '`registerClass`.',
  ),
  NON_DETERMINISM: entry(
    'The journal of a run does not fit the code that replays it.',
    'The run is parked as `blocked`. Nothing in its journal is lost or changed.',
    [
      'The function was edited while runs of it were under way, and the order or the names of its steps changed.',
      'The path of the function depends on something that is not recorded: the clock, a random number, a variable of the module.',
    ],
    'The message shows the recorded line and the line of now. Deploy code that fits the journal, then call `resume(id)`. See ' +
      '[blocked-runs.md](blocked-runs.md).',
  ),
  UNKNOWN_FUNCTION: entry(
    'A run in the store belongs to a function that this process has not loaded.',
    'The run is parked as `blocked`. Its journal is untouched. A process that has the function resumes it with `recover()`.',
    [
      'The module with the function is not imported before `recover()`.',
      'The function, its file or its package was renamed.',
      'The module is loaded, but it was not compiled by use-durable.',
    ],
    "Import the module first. After a change of the name keep the id: `'use durable as old-id'`.",
  ),
  CRASH_LOOP: entry(
    'The worker of a run died several times in a row before the run recorded anything.',
    'The run is parked as `blocked`, so that it does not stop the other runs of the store.',
    [
      'Code of the function or of a step ends the process: `process.exit`, a native crash, an endless loop.',
      'A step or the journal of the run needs more memory than the process has.',
    ],
    'Find what ends the process at the step that the message names, fix it, and call `resume(id)`.',
  ),
  RUN_CONFLICT: entry(
    'The id of the run is taken by a run of another function.',
    'No run is started. The other run is untouched.',
    [
      'Two functions use the same business key as id, such as an order number.',
      'The function was renamed, so its earlier runs belong to another id.',
    ],
    'Put the name of the function into the id, for example `refund-4711`.',
  ),
  DUPLICATE_FUNCTION: entry(
    'Two durable functions in one process have one id.',
    'The second module does not load: one function would resume the runs of the other.',
    [
      "Two functions have the same id in `'use durable as ...'`.",
      'A package with durable functions is installed twice, in two versions or with different code.',
    ],
    'Rename one function, or install the package once. `npm ls` shows who needs which version.',
  ),
  MISUSE: entry(
    'The API was used in a way that cannot work.',
    'The call does nothing. Inside of a run the error is thrown at the line that made the call.',
    [
      'An argument or an option is of the wrong type, unknown, or out of range.',
      'A function of this package was called where it has no meaning: `sleep` inside of a step, a method of a handle after ' +
        'the run was removed.',
      'The function uses a part of a result that the journal could not keep.',
    ],
    'The message says what was wrong and what to write instead.',
  ),
  FATAL: entry(
    'A step failed in a way that a retry does not change.',
    'The step is not tried again, whatever its policy says. The function can catch the error.',
    ['Your code throws a `FatalError` itself.'],
    'Catch it in the function, or let the run fail.',
  ),
  CANCELLED: entry(
    'The run was cancelled.',
    'The error is thrown at what the run awaits. `catch` and `finally` may run steps. A run that lets the error pass ends as ' +
      '`cancelled`.',
    [
      '`handle.cancel(reason)`, or `cancel` over HTTP.',
      'The run that started this one as a child was cancelled.',
    ],
    'Undo what the run has done in `catch` or `finally`, and throw the error again.',
  ),
  TIMEOUT: entry(
    'A step, a wait or a whole run took longer than it may.',
    'The error is thrown at the step or the wait. The error of an attempt of a step is retried like any other.',
    [
      'A step exceeded the `timeout` of its policy.',
      'No signal or callback arrived in time.',
      'The run exceeded the `timeout` of `start`.',
    ],
    'Catch it where a late answer is expected, or allow more time.',
  ),
  STEP_INTERRUPTED: entry(
    'The process died during a step with `atMostOnce`.',
    'The step is not called again. Nobody recorded whether its work was done.',
    ['A crash, a kill or a deployment during the attempt.'],
    'Ask the other system whether the work was done, and continue from there.',
  ),
  CALLBACK: entry(
    'A token of a callback cannot be used.',
    'The answer is refused. No run receives it.',
    [
      'The token was used before.',
      'The run has ended, or it no longer waits for this callback.',
      'The token was made by another store or another engine, or it was cut off.',
    ],
    'Report it to the caller. A callback can be answered once, while its run waits.',
  ),
  UNSUPPORTED: entry(
    'The engine cannot do this.',
    'Nothing was done.',
    ['The call exists for the own store only, and the run is on AWS Lambda or Restate.'],
    '[engines.md](engines.md) lists what each engine can do. The message names a way that works, where there is one.',
  ),
  LIMIT: entry(
    'An engine does not accept a value of this size, or more operations of this run.',
    'The value is not recorded. What was recorded before is kept.',
    [
      'A result is larger than the limit of the service.',
      'A loop makes more steps than the service allows for one run.',
    ],
    'Store large data elsewhere and return its address. Move the work of a long loop to child runs.',
  ),
  ENGINE_MISSING: entry(
    'A package that the engine needs cannot be loaded.',
    'The engine does not start.',
    ['The SDK of the engine is not installed. It is an optional peer dependency.'],
    'Install it; the message has the command.',
  ),
  ENGINE_UNREACHABLE: entry(
    'The server of the engine does not answer as it should.',
    'Whether the request arrived is not known. A start or a signal with the same id can be sent again.',
    ['The address is wrong.', 'The server is down, or a proxy answers in its place.'],
    'Check the address in the options of the engine, and try again.',
  ),
  RESTATE: entry(
    'Restate refused a request, or ended an invocation.',
    'The message quotes the answer of Restate.',
    [
      'The service is not registered with the Restate server.',
      'An operator cancelled, killed or purged the invocation.',
    ],
    'Read the quoted answer. Register the deployment if the service is not known.',
  ),
  STORE: entry(
    'The store cannot be read or written.',
    'The operation was not done, unless the message says that this is not known. `cause` is the error of the store.',
    [
      'The disk is full, or the file is locked by another program or not writable.',
      'The file was written by a newer version, or it is damaged.',
      'A value or a journal is larger than the store accepts.',
    ],
    'Repair the cause. Runs whose writes failed are resumed from what was recorded.',
  ),
  LEASE_LOST: entry(
    'Another worker took the run over.',
    'This process stopped driving the run. The run is continued by the other worker, from the same journal.',
    [
      'This process did not renew its lease in time: it was suspended, its event loop was blocked, or its store did not answer.',
    ],
    'Get the result with `runtime.get(id)`. If it happens often, look for code that blocks the event loop.',
  ),
  RUNTIME_CLOSED: entry(
    'The runtime was closed.',
    'Runs that were under way keep their journals, and a later `recover()` resumes them.',
    ['`close()` was called while runs were under way, or something was asked of the runtime afterwards.'],
    'Nothing, on shutdown. Otherwise do not close a runtime that is still used.',
  ),
  HANDLING: entry(
    'Something threw while a run handled what it had waited for.',
    'The run is parked as `blocked`. Nothing that is recorded is lost.',
    [
      'The `decode` of a registered class or other code that the runtime calls threw.',
      'A bug of this package.',
    ],
    'Fix what threw; it is in `cause`. Then call `resume(id)`.',
  ),
  INCOMPATIBLE_COPIES: entry(
    'Two versions of use-durable that cannot work together are loaded in one process.',
    'The second copy does not load: its runs would not know the functions of the first.',
    ['A dependency installed its own version of use-durable.'],
    'Install one version for all. `npm ls use-durable` shows who needs which.',
  ),
  NOT_JSON: entry(
    'The result of a run cannot be sent as JSON.',
    'The run itself has completed, and its result is in the journal. Only the answer over HTTP fails.',
    ['The result contains a function, a symbol, a Request, a Response, or an object that contains itself.'],
    'Return plain data from the function, or read the result with `runtime.get(id)`.',
  ),
  NEVER: entry(
    'A test waits for something that can no longer happen.',
    'Thrown by the testing kit instead of waiting until the timeout of the test.',
    [
      'The run waits for a signal that nobody sends.',
      'The run has ended before it reached the step that the test waits for.',
    ],
    'Send what the run waits for, or wait for something that it reaches. The message lists what every run waits for.',
  ),
  CRASH_SWEEP: entry(
    'With a crash, a durable function did something other than without one.',
    'Thrown by `crashSweep` of the testing kit. The message names the crash and the difference.',
    [
      'The function depends on something that is not recorded.',
      'An effect is outside of a step, or a step is not safe to call twice.',
    ],
    'Move the effect into a step of its own, or give the step an idempotency key.',
  ),
};

/** The codes of warnings that are emitted on the process. */
export const warningCodes: Readonly<Record<WarningCode, CodeEntry>> = {
  USE_DURABLE_BLOCKED: entry(
    'A run was parked as `blocked`.',
    'It keeps its journal, and does nothing until it is resumed. Emitted if the runtime has no `onBlocked`.',
    ['A NON_DETERMINISM, UNKNOWN_FUNCTION, CRASH_LOOP or STORE error of the run.'],
    'See [blocked-runs.md](blocked-runs.md).',
  ),
  USE_DURABLE_ERROR_CLASS: entry(
    'An error comes out of the journal with another class.',
    '`instanceof` is false where the plain code has true. Emitted once for each class.',
    [
      'No module with durable functions names the class.',
      'The class decides `instanceof` by something that is not recorded.',
    ],
    'Name the class in the module of the durable function, or call `registerClass`.',
  ),
  USE_DURABLE_ERROR_PARTS: entry(
    'The journal cannot keep all of an error.',
    'The error is recorded without these parts. Emitted once for each class.',
    ['The error holds a socket, a stream, a function, or an instance of an unknown class.'],
    'Take what you need inside of the step. `roundTrip` of use-durable/testing shows what is caught.',
  ),
  USE_DURABLE_ERROR_PRIVATE: entry(
    'An error has private members, which the journal cannot keep.',
    'Methods and getters that need them throw on the error that is caught.',
    ['The class of the error has `#private` fields.'],
    "Give the class `[Symbol.for('use-durable.encode')]()` and `static [Symbol.for('use-durable.decode')](data)`.",
  ),
  USE_DURABLE_HELD_BACK: entry(
    'A run waits before it is tried again, since its worker died during it.',
    'The other runs are resumed first. After more crashes the run is blocked (CRASH_LOOP).',
    [
      'Code of the run ends the process.',
      'The process is killed often for another reason, such as its memory limit.',
    ],
    'Look at why the process ended.',
  ),
  USE_DURABLE_INSTALLED_TWICE: entry(
    'A package with durable functions is loaded from two folders.',
    'The code is the same, so runs continue. They use the copy that was loaded last, and the state of its modules.',
    ['The package manager installed the package twice.'],
    'Install the package once; `npm dedupe` can help.',
  ),
  USE_DURABLE_LEFT_OUT: entry(
    'The journal keeps the data of a result, but not all of it.',
    'Code that uses what was left out gets a MisuseError. Emitted once for each kind of loss.',
    ['The result is an instance of an unknown class with methods, or it contains streams or sockets.'],
    'Use these parts inside of the step, or register the class with `registerClass`.',
  ),
  USE_DURABLE_LISTENER: entry(
    'A listener of the runtime threw.',
    'No run is affected. Each listener is reported once.',
    ['An error in a function that was given to `runtime.on` or `onBlocked`.'],
    'Fix the listener; the text has the stack.',
  ),
  USE_DURABLE_MASK: entry(
    'The function `mask` of the runtime threw, or returned a promise.',
    'In the place of the value `[masked]` is shown. No run is affected. It is reported once.',
    ['A mask that expects values of one form, or an async function.'],
    'Return at once what is to be shown, for every kind of value.',
  ),
  USE_DURABLE_MADE_AGAIN: entry(
    'A call is made again after a restart.',
    'Some of what the function uses of the result is not recorded, so the object is made anew.',
    ['The call returns a client or another object with methods.'],
    'Nothing, for a client. If the call does something outside, do all of it in one step.',
  ),
  USE_DURABLE_MEMORY: entry(
    'A run waits, since the process has no room for its journal.',
    'It is resumed when other runs have ended or are parked.',
    ['The journal is large, and many runs are under way at once.'],
    'Give the process more memory (`--max-old-space-size`), or start more workers.',
  ),
  USE_DURABLE_NO_ROOM: entry(
    'A step waits for the result of a run that waits for room.',
    'The step takes a place of `maxRuns` while it waits. If the steps of all runs of the process wait like this, none goes on.',
    ['`await handle.result()` in a step, with a small `maxRuns` or many such runs.'],
    'Call the durable function itself in the durable function, or use `startChild`: a run that waits there makes room.',
  ),
  USE_DURABLE_OUTPUT: entry(
    'What a durable function prints or logs could not be written.',
    'The run continues. Reported once.',
    ['The output stream is closed, or the logger threw.'],
    'Fix the output; the text has the stack.',
  ),
  USE_DURABLE_PRIVATE: entry(
    'An instance of a registered class has private members, which the journal cannot keep.',
    'Methods and getters that need them throw on what is read from the journal.',
    ['The class has `#private` fields.'],
    "Give the class `[Symbol.for('use-durable.encode')]()` and `static [Symbol.for('use-durable.decode')](data)`.",
  ),
  USE_DURABLE_READ_AGAIN: entry(
    'A getter or a proxy gave a promise that the run had awaited before.',
    'Nothing tells that after a restart. If the outcome is another one then, the run gets a `MisuseError`.',
    [
      'The function awaits a getter of an object elsewhere more than once, and its source does not show what it keeps.',
    ],
    'Read it once and keep the value, or read it in a step: `await step(() => job.status)`.',
  ),
  USE_DURABLE_RETENTION: entry(
    'Runs that ended long ago could not be removed.',
    'They stay in the store, and the worker tries again. Reported once for each reason.',
    ['The store cannot be written.'],
    'See the reason in the text.',
  ),
  USE_DURABLE_STANDSTILL: entry(
    'A test in virtual time has waited for two seconds of real time.',
    'Virtual time does not move while a step is under way.',
    ['A step does real work, or never ends.'],
    "Replace the step by `hanging`, or by `lasting('20s', implementation)`.",
  ),
  USE_DURABLE_TRACING: entry(
    'A tracer threw.',
    'The run continues without this span.',
    ['An error in OpenTelemetry, or in a processor or an exporter.'],
    'Fix the tracer.',
  ),
  USE_DURABLE_UNHANDLED: entry(
    'A promise of a run was rejected, and nobody had handled that when the run ended.',
    'In plain code this is an unhandled rejection.',
    ['A promise that is not awaited, or one of several that are awaited in turn.'],
    'Await the promise, or attach a `catch`.',
  ),
  USE_DURABLE_UNRECORDED: entry(
    'A run waits for something that is not recorded, and nothing else of it is under way.',
    'After a restart the run awaits it again, and may get another value or none.',
    ['The function awaits a promise that other code made: an event, a stream, a variable of the module.'],
    'Await the call that makes the promise, or make the promise in a step: `await step(() => ...)`.',
  ),
};
