/** Texts of errors on Restate. */

export const restateEnded = (code: number | undefined, message: string): string =>
  `Restate ended it${code === undefined ? '' : ` (${code})`}: ${message}`;

export const wireNotJson = (what: string, reason: string): string => `The ${what} is not JSON: ${reason}`;

export const wireTooLarge = (what: string, size: number, limit: number): string =>
  `The ${what} has ${size} bytes, and ${limit} is the most that is sent to Restate. Keep large data in a store of ` +
  `your own, and pass its address.`;

export const tokenUnknown = (): string =>
  'There is no callback with this token: it is not one that a run on Restate made.';

export const signalWithoutName = (): string => 'A signal needs a name: {"name": "...", "payload": ...}.';

export const sentTooLate = (id: string): string => `The run "${id}" has ended, so nothing can be sent to it.`;

export const callbackOfEndedRun = (): string => 'The run that made this callback has ended.';

export const callbackUnknown = (id: string): string =>
  `The run "${id}" has made no callback with this token.`;

export const invocationNotFound = (id: string): string => `There is no run "${id}".`;

export const bodyNoObject = (): string => 'The body of the request must be a JSON object.';

export const childNotServed = (fn: string, name: string): string =>
  `startChild: "${fn}" is not among the functions that this endpoint serves. Add it: toRestate({ ${name}, ... }).`;

export const attemptOver = (): string => 'The attempt of the run in which this step was called is over.';

export const atMostOnceNeedsHttp2 = (key: string): string =>
  `The step "${key}" is called at most once, for which Restate must reach the endpoint over HTTP/2. Serve it with ` +
  `listen(), or with nodeHandler in a server of node:http2.`;

export const healthAnswer = (status: number, body: string): string => `It answered ${status}: ${body}`;

export const serverUnreachable = (origin: string, why: string): string =>
  `The Restate server at ${origin} can't be reached (${why}). Is it running, and is this the address of its ingress?`;

export const restateRefused = (status: number, what: string, body: string): string =>
  `Restate answered ${status} to ${what}: ${body}`;

export const urlInvalid = (url: string): string => `restateClient: "${url}" is not an address.`;

export const startArgumentsNoArray = (id: string): string =>
  `start: the arguments of "${id}" must be an array.`;

export const startIdInvalid = (): string => 'start: the id of a run must be a string that is not empty.';

export const serviceUnknown = (name: string): string =>
  `Restate knows no service "${name}". Serve it with toRestate({ ${name} }) and register the endpoint; if it is ` +
  `served under another name, start it with { service: name }.`;

export const signalNameInvalid = (): string =>
  'signal(name): the name of a signal is a string that is not empty.';

export const firstArgumentNotDurable = (): string => 'The first argument must be a durable function.';

export const restateMismatch = (beginning: string, causes: string, words: string): string =>
  `${beginning}: its journal doesn't fit the code. Most likely ` +
  `the code was changed under the run: deploy changed code under a new address, so that runs which are under way stay ` +
  `with the old one. Nothing is lost: Restate tries it again, and it resumes once code that fits is there. If the code ` +
  `is the same, something in it differs from one execution to the next: ${causes}. Restate's words:\n${words}`;

export const serviceNestedInOther = (): string => 'A service made by toRestate is served by itself only.';

export const serviceNameInvalid = (name: string): string =>
  `toRestate: "${name}" can't be the name of a service in Restate, which takes letters, digits, ".", "_" and "-". ` +
  `Give it another: toRestate({ otherName: fn }).`;

export const serviceNameReserved = (name: string): string =>
  `toRestate: Restate keeps the name "${name}" for itself, as all that begin with "restate". Give the service ` +
  `another: toRestate({ otherName: fn }).`;

export const nothingToServe = (): string => 'toRestate({ fn }): there is no function to serve.';

export const maxPayloadInvalid = (maxPayload: number): string =>
  `toRestate: maxPayload must be a number of bytes, not ${maxPayload}.`;
