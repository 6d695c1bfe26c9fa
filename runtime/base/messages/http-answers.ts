/** Texts that the HTTP handler sends to clients. They say nothing about this process. */

export const bodyNoObject = (fields: string): string =>
  `The body must be a JSON object${fields === '' ? '' : ` with ${fields}`}.`;

export const bodyFieldUnknown = (name: string, fields: string): string =>
  `The body has a field ${name}; here it may have ${fields}.`;

export const contentTypeUnsupported = (): string => 'The content-type must be application/json, in UTF-8.';

export const contentEncodingUnsupported = (): string => 'A content-encoding is not supported.';

export const bodyNotUtf8 = (): string => 'The body is not UTF-8.';

export const bodyIncomplete = (): string => 'The body could not be read to its end.';

export const bodyTooLarge = (limit: number): string => `The body is larger than ${limit} bytes.`;

export const bodyNotJson = (): string => 'The body is not JSON.';

export const bodyTooDeep = (most: number): string => `The body is nested deeper than ${most} levels.`;

export const bodyFieldDangerous = (name: string): string =>
  `The body has a field "${name}" that could change the prototype of an object.`;

export const pathUnknown = (): string => 'There is nothing at this path.';

export const methodNotAllowed = (allow: string): string => `This path takes ${allow}.`;

export const notAllowed = (): string => 'This is not allowed.';

export const parameterUnknown = (name: string): string =>
  `The parameter "${name}" is unknown, or comes twice.`;

export const limitInvalid = (most: number): string => `The limit is a whole number from 1 to ${most}.`;

export const attributesNoJson = (): string =>
  'The attributes are a JSON object, such as {"customer":"c-1","since":{"date":"2027-01-01T00:00:00Z"}}.';

export const noSuchFunction = (): string => 'There is no function with this name.';

export const argsNoArray = (): string => 'The field "args" must be an array: the arguments.';

export const reasonNoText = (): string => 'The field "reason" is a text.';

export const answerMissing = (): string => 'The body must have a "value" or an "error".';

export const noSuchCallback = (): string => 'No callback waits under this token.';

export const noSuchRun = (): string => 'There is no run with this id.';

export const requestFailed = (): string => 'The request could not be carried out.';

export const idOfAnotherFunction = (): string => 'The run with this id belongs to another function.';

export const shuttingDown = (): string => 'The service is shutting down. Try again.';

export const runOver = (): string => 'The run has ended.';

export const errorFieldInvalid = (): string =>
  'The field "error" must be { "message": "...", "code": "..." }; the code may be left out.';

export const httpVersionUnsupported = (): string =>
  'The versions of HTTP in this connection are 1.0 and 1.1.';

export const methodNotImplemented = (method: string): string => `The method ${method} is not implemented.`;

export const targetNotEncoded = (): string => 'The request target holds characters that a URL must encode.';

export const targetNoUrl = (): string => 'The request target is neither a path nor an http(s) URL.';

export const targetHostInvalid = (): string => 'The host in the request target is none.';

export const hostTwice = (): string => 'The request has several Host headers.';

export const hostInvalid = (): string => 'The Host header is no host.';

export const targetInvalid = (): string => 'The request target or the Host header is not valid in a URL.';

export const headerInvalid = (): string => 'A header has a name or a value that is not valid.';

export const fieldInvalid = (name: string): string =>
  name === 'forget' ? 'The field "forget" is true or false.' : `The field "${name}" is a string.`;
