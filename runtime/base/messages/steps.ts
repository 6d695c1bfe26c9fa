/** Texts of errors about steps and their policies. */

export const policyWithoutFunction = (): string => 'withPolicy(fn, policy): fn must be a function.';

export const policyOnDurableFunction = (name: string): string =>
  `withPolicy: "${name}" is a durable function, which is not a step. Put the policy on the functions it calls.`;

export const policyOnGenerator = (name: string): string =>
  `withPolicy: "${name}" is a generator, and what it yields is not the outcome of one call. Put the policy on a ` +
  `function that returns a promise, such as one that fetches a page.`;

export const policyOnClass = (name: string): string =>
  `withPolicy: "${name}" is a class. Put the policy on a function that makes an instance, or on its methods.`;

export const policyNoObject = (where: string): string =>
  `${where}: the policy must be an object, such as { retry: 3, timeout: '10s' }.`;

export const stepTimeoutTooLong = (where: string): string =>
  `${where}: a step's timeout can't be longer than 24 days.`;

export const atMostOnceNoBoolean = (where: string): string => `${where}: atMostOnce must be true or false.`;

export const attemptsInvalid = (where: string, attempts: number): string =>
  `${where}: attempts must be a whole number from 1 on, or Infinity, not ${attempts}.`;

export const factorInvalid = (where: string, factor: number): string =>
  `${where}: factor must be a number from 1 on, not ${factor}.`;

export const jitterInvalid = (where: string, jitter: number): string =>
  `${where}: jitter must be a number from 0 to 1, not ${jitter}.`;

export const retryIfNoFunction = (where: string): string => `${where}: retryIf must be a function.`;

export const retryIfReturnedPromise = (): string =>
  'retryIf returned a promise, and every promise is true: it must answer at once. Ask what takes time in the step.';

export const calleeNoFunction = (shown: string): string => `${shown} is not a function`;

export const capturedVariableWritten = (key: string, name: string): string =>
  `The step "${key}" called a function of the durable function that changes '${name}'. A replay takes the step's ` +
  `result from the journal, so the change would be lost. Return the value from the function, and change ` +
  `'${name}' outside of the step.`;

export const workingObjectUsedTwice = (key: string): string =>
  `The call "${key}" returned an object that is still working, and the function uses it in more than one way. A replay would make ` +
  `the call again. Do all of it in one step: const all = await step("${key}", async () => { const answer = ...; return ` +
  'await answer.whole(); }). A client that lives longer than the run belongs outside of the durable function.';

export const promiseOfUnrecordedCall = (member: string, key: string, variable: string): string =>
  `"${member}" is a promise in the result of the call "${key}". That call is made again on every replay, and nothing is ` +
  `recorded of the promise. Wait for it in the step that makes the call: const { ${variable} } = ` +
  `await step("${key}", async () => { const answer = ...; return { ... }; }).`;

export const promiseByTwoWays = (first: string, second: string): string =>
  `"${second}" is the promise that "${first}" gave. After a restart nothing would tell that, since a getter or a proxy decides ` +
  'what is read there, and the two could have different values. Take the promise once, and await that each time: ' +
  'const promise = ...; await promise; ... await promise.';

export const anotherOutcome = (text: string): string =>
  `"${text}" has another outcome than before the restart. A getter or a proxy decides what it gives, so it may be the promise that the ` +
  `function awaited before, and nothing tells. If it is, read it once and keep the value: const value = await ${text}. If it gives ` +
  `another one each time, read it in a step: await step(() => ${text}).`;

export const memberOfStepPromise = (name: string, key: string): string =>
  `"${name}" of the result of the call "${key}": the call is a step, and the function has only the promise of its ` +
  `outcome, which after a restart comes from the journal. Use "${name}" in the step: await step("${key}", async () => ` +
  `{ const p = ...; ...; return await p; }). To end a step that takes too long, give it a time: withPolicy(f, { timeout: '1 minute' }).`;

export const readPositionUnrecorded = (id: string): string =>
  `"${id}" continues to read an object from outside of the durable function, and its position isn't in the ` +
  `journal: after a restart it would start from the beginning. Read all of it in one step (const rows = await step(() => ` +
  `readAll())), or page by page, with a token that says where to continue. Where a server keeps the position, as that ` +
  `of a queue, write await step(() => it.next()).`;

export const argumentReadFurther = (key: string, who: string): string =>
  `The step "${key}" was given an object that has a position, such as a stream, a reader or an iterator, and ${who} continues with ` +
  'it. The position is not in the journal: after a restart it would start from the beginning. Do all of the reading in one step ' +
  '(await step(async () => { const head = await first(it); return [head, await rest(it)]; })), or read all of it in one ' +
  'step and continue with the result.';

export const argumentOfRetryUnknown = (key: string, attempt: number): string =>
  `Attempt ${attempt} of step "${key}" is given a body or a stream that an attempt in another process may have read, and this engine ` +
  'does not record what it read. Make the Request, the Response or the stream inside of the step: ' +
  'await step(async () => { const request = ...; return await send(request); }, { retry: 3 }).';

export const tookTooLong = (what: string, ms: number): string => `The ${what} took longer than ${ms} ms.`;

export const callNotAwaited = (key: string): string =>
  `The call "${key}" isn't awaited, was given functions of the durable function, called them, and returned no ` +
  `promise. Until it returned, nothing showed whether they belong to the workflow or to a step. Await the ` +
  `call where it stands, and it is one step; or pass it functions that use no await, clock or console.`;

export const schedulerOfAnotherRun = (): string =>
  'A limiter, queue or lock that one run made was used by another. After a restart neither would find the other in it. ' +
  'Make it in the durable function, or make it outside of all runs, and each call of it is a step.';

export const schedulerGivenThenable = (id: string): string =>
  `${id} was given something with a \`then\` method that isn't a promise, such as a query builder. It would be waited ` +
  `for by code that a replay runs again. Give it a function that awaits it.`;

export const schedulerGivenCallback = (id: string, name: string): string =>
  `${id} calls "${name}" with a function to call back, so nothing of it could be recorded. Give it an async ` +
  `function that awaits the call.`;

export const schedulerWithTimer = (id: string): string =>
  `${id} would use a timer of its own, which a replay would start again. Race the work against a durable wait, ` +
  `\`Promise.race([work(), sleep('5s')])\`, or give the function a policy, \`withPolicy(work, { timeout: '5s' })\`.`;

export const notAsyncIterable = (text: string): string => `${text} is not async iterable`;

export const iterableFromOutside = (): string =>
  'This goes over an async iterable from outside the durable function, which could not continue where it stopped. ' +
  'Collect the items in a step, or loop over pages, each fetched in a step of its own.';

export const atMostOncePolicyFoundLate = (what: string): string =>
  `The ${what} calls a function that it gets from another call, and whose policy says atMostOnce. That is found when it is ` +
  `too late to record the start. Get the function first, const f = ..., and call it with await f(...).`;

export const stepWithoutFunction = (): string =>
  'step(name?, fn, policy?): fn must be a function; write step(() => call()).';

export const calledInsideStep = (name: string): string =>
  `${name}() was called inside a step. A step is one unit: it is recorded as a whole when it ends. Call ${name}() in ` +
  `the durable function itself, before or after the step.`;

export const calledOutsideStep = (): string =>
  'currentStep() was called outside a step. Call it in the function that a step calls.';

export const callerOf = (name: string, shown: string): string => `The function that calls ${name}(${shown})`;

export const callerOfCurrentRun = (): string => 'The function that calls currentRun()';

export const sinceUnsupported = (name: string): string =>
  `since('${name}') needs a journal that this process replays. This engine keeps each run on the deployment that it began with, ` +
  'where no run has passed the place without the branch. So write the branch without a condition, and deploy it as a version of its own.';
