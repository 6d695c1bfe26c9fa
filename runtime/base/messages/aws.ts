/** Texts of errors on AWS Lambda, and of its handlers on one machine. */

export const operationTooLarge = (what: string, size: string, limit: string): string =>
  `The ${what} takes ${size}; AWS Lambda keeps at most ${limit} for one operation. Put it ` +
  `somewhere else (an S3 object, a row), and return where it is.`;

export const tooManyOperationsOf = (runId: string, most: number): string =>
  `Run "${runId}" asked for more than ${most} operations, the most that AWS Lambda keeps of one ` +
  `execution. Do more in one step, or split the work into runs of their own with startChild.`;

export const tooMuchDataOf = (runId: string, megabytes: number): string =>
  `Run "${runId}" recorded more than ${megabytes} MB, the most that AWS Lambda keeps of one ` +
  `execution. Let steps return where their results are, or split the work into runs of their own with startChild.`;

export const lambdaSdkMissing = (reason: string): string =>
  'use-durable/aws-lambda needs the package "@aws/durable-execution-sdk-js", which could not be loaded. Add it to ' +
  `the dependencies: npm install @aws/durable-execution-sdk-js. (${reason})`;

export const stampWithoutResult = (): string => 'it has no result';

export const stampWithoutFirstLine = (): string => 'its first line is missing';

export const stampNoObject = (): string => 'its first line is no object';

export const operationOfOthers = (name: string, reason: unknown): string =>
  `The operation "${name}" was not recorded by use-durable: ${reason}.`;

export const operationUnknown = (
  type: string | undefined,
  name: string | undefined,
  id: string | undefined,
): string =>
  `The execution has an operation that use-durable did not record: ${type} "${name}" with the id "${id}". Either ` +
  'other code began it, or the SDK numbers operations in another way than the version this package was made for.';

export const operationNotAsked = (name: string): string => `nobody asked for "${name}"`;

export const operationOfType = (kind: string): string => `an operation of the type ${kind}`;

export const operationsNumberedOtherwise = (sent: string | undefined, expected: string | undefined): string =>
  `The SDK numbers operations in another way than the version this package was made for: it sent "${sent}" ` +
  `where "${expected}" was expected.`;

export const lambdaWaitTooLong = (what: string): string =>
  `The ${what} is longer than 366 days, the longest wait that AWS Lambda takes.`;

export const lambdaSignalWithoutHook = (name: string): string =>
  `waitFor("${name}"): on AWS Lambda a signal comes through a callback, whose token the sender must know. Give ` +
  'toLambda the option onWaitFor(name, token, run), which hands the token to the sender.';

export const lambdaChildIdShared = (id: string): string =>
  `startChild: on AWS Lambda an execution can't be found by an id, so another run that starts "${id}" would start it a ` +
  'second time. Let the id begin with currentRun().id, or leave it out.';

export const lambdaTargetUnknown = (fn: string): string =>
  `startChild: which Lambda function runs "${fn}" isn't known. Give toLambda the option functions: { "${fn}": <ARN with ` +
  'version or alias> }.';

export const lambdaResultNotJson = (path: string, found: string): string =>
  `The result can't be returned as JSON: ${path} is ${found}. What started the execution gets JSON; return plain data ` +
  'and texts.';

export const onWaitForNoFunction = (): string => 'toLambda: onWaitFor must be a function.';

export const lambdaFunctionWaitsForSignals = (id: string): string =>
  `toLambda: "${id}" waits for signals. On AWS Lambda they come through callbacks, whose tokens the sender must know: ` +
  'give the option onWaitFor(name, token, run), which hands them over.';

export const executionMismatch = (
  beginning: string,
  recorded: string,
  asked: string,
  causes: string,
): string =>
  [
    `${beginning}: the operations of its execution don't fit the code.`,
    `  recorded: ${recorded}`,
    `  the code: ${asked}`,
    'Most likely the code was changed under the run. The execution stays as it is, and resumes when code that fits is ' +
      `deployed. If the code is the same, something in it differs from one execution to the next: ${causes}.`,
  ].join('\n');

export const heartbeatUnsupported = (): string =>
  'A callback has a heartbeatTimeout; on one machine callbacks have a timeout only.';

export const updateMismatch = (
  action: string | undefined,
  type: string | undefined,
  name: string | undefined,
  why: string,
): string => `${action} of the ${type} "${name}" doesn't fit: ${why}.`;

/** Why an update doesn't fit. */

export const updateWithoutId = (): string => 'it has no id or no type';

export const operationIs = (what: string): string => `it is ${what}`;

export const operationEnded = (status: string): string => `it ended as ${status}`;

export const updateUnsupported = (): string => 'that is not supported';

export const executionWithoutStart = (id: string): string => `Run "${id}" has no beginning.`;

/** The text of the service, by which the SDK knows it. */
export const checkpointTokenInvalid = (): string => 'Invalid Checkpoint Token';

export const handlersMissing = (): string =>
  'createLocalLambda: give the handlers as functions: { name: handler }.';

export const executionRemoved = (runId: string): string => `Run "${runId}" was removed from the store.`;

export const executionElsewhere = (id: string): string =>
  `The execution "${id}" is driven by another process; ask there for its result.`;

/** Of an execution whose error has no message. */
export const executionFailed = (): string => 'The execution failed.';
