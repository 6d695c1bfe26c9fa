/** Texts of errors of the HTTP handler and the Node listener. */

export const handlerWithoutRuntime = (): string =>
  'createHandler(runtime, options): runtime must be what createRuntime() returns.';

export const handlerWithoutFunctions = (): string =>
  'createHandler: functions must be an object: { nameInThePath: durableFunction }.';

export const authorizeNoFunction = (): string => 'createHandler: authorize must be a function.';

export const basePathInvalid = (): string =>
  'createHandler: basePath is a path such as "/durable", without a slash behind.';

export const maxBodyBytesInvalid = (maxBodyBytes: number): string =>
  `createHandler: maxBodyBytes must be a positive number, not ${maxBodyBytes}.`;

export const handlerOnErrorNoFunction = (): string => 'createHandler: onError must be a function.';

export const authorizeReadBody = (): string =>
  'authorize has read the body of the request. Read that of request.clone() instead.';

export const methodNotServed = (name: string): string =>
  `createHandler: "${name}" is a method of instances, which a request can't bring. Write a durable function that ` +
  `makes the instance and calls it.`;

export const outcomeUnreadable = (id: string): string => `The outcome of the run "${id}" can't be read.`;

export const clientGone = (): string => 'The client ended the connection.';

export const listenerWithoutHandler = (): string =>
  'toNodeListener: give it a function from Request to Response, as createHandler() returns.';

export const listenerOnErrorNoFunction = (): string => 'toNodeListener: onError must be a function.';

export const handlerReturnedNoResponse = (): string =>
  'The handler of toNodeListener returned something other than a Response.';

export const aKind = (kind: string): string => `a ${kind}`;

export const anObjectInItself = (): string => 'an object that holds itself';

export const nestedTooDeeply = (): string => 'nested too deeply';
