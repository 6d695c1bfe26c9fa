/** Headers, Request and Response in the journal, with their bodies. */
import { define, META, type Payload } from './layout.ts';

/** The bytes of a body; undefined for one that could not be read. */
export type RecordedBody = Uint8Array<ArrayBuffer> | undefined;

/** A body can be read only asynchronously, so it is kept apart from the value and named by its number. */
export interface Bodies {
  /** Registers a body to be read. Returns its number. */
  add(source: Request | Response): number;
}

const NULL_BODY_STATUS = [101, 204, 205, 304];

const isTagged = (value: object, tag: string): boolean =>
  Object.prototype.toString.call(value) === `[object ${tag}]`;

/** By tag and not by `instanceof`, so that those of an installed undici or node-fetch are carried too. */
export const isHeaders = (value: object): value is Headers =>
  isTagged(value, 'Headers') && Symbol.iterator in value;
export const isResponse = (value: object): value is Response =>
  isTagged(value, 'Response') && 'arrayBuffer' in value && 'headers' in value;
export const isRequest = (value: object): value is Request =>
  isTagged(value, 'Request') && 'arrayBuffer' in value && 'headers' in value;

export const headersPayload = (headers: Headers): Payload => ({ [META]: ['headers', [...headers].flat()] });

export function responsePayload(response: Response, bodies: Bodies): Payload {
  const { status, statusText, url, redirected, type } = response;
  const headers = [...response.headers].flat();
  return {
    [META]: ['response', bodyOf(response, bodies), status, statusText, headers, url, redirected, type],
  };
}

/** The init of a Request that can be set again; the signal belongs to this process and is left out. */
const REQUEST_OPTIONS = [
  'method',
  'cache',
  'credentials',
  'integrity',
  'keepalive',
  'mode',
  'redirect',
  'referrer',
  'referrerPolicy',
] as const;

export function requestPayload(request: Request, bodies: Bodies): Payload {
  const options = REQUEST_OPTIONS.flatMap((key) => [key, request[key] ?? null]);
  const headers = [...request.headers].flat();
  return { [META]: ['request', bodyOf(request, bodies), request.url, headers, options] };
}

/** Whether the body has been read, so that it can't be read again. */
const isSpent = (source: Request | Response): boolean => source.bodyUsed;

/** Instead of the number of a body: it had been read. */
const SPENT = -1;

function bodyOf(source: Request | Response, bodies: Bodies): number | null {
  if (source.body === null) return null;
  return isSpent(source) ? SPENT : bodies.add(source);
}

/** Reads what comes out of a journal, where the original had been read: to read it again fails as well. */
function spend<T extends Request | Response>(source: T): T {
  source.arrayBuffer().catch(() => {});
  return source;
}

export const reviveHeaders = (meta: readonly unknown[]): Headers => new Headers(pairs(meta[1]));

export function reviveResponse(meta: readonly unknown[], bodies: readonly RecordedBody[]): Response {
  const [, body, status, statusText, headers, url, redirected, type] = meta as [
    string,
    number | null,
    number,
    string,
    unknown,
    string,
    boolean,
    string,
  ];
  if (type === 'error') return Response.error();
  const isEmpty = body === null || NULL_BODY_STATUS.includes(status);
  const bytes = isEmpty ? null : (bodies[body] ?? new Uint8Array());
  const response = new Response(bytes, { status, statusText, headers: pairs(headers) });
  if (!isEmpty && bodies[body] === undefined) spend(response);
  return withOrigin(response, { url, redirected, type });
}

/** A Response can't be constructed with a url; `clone` would forget one that was put on it. */
function withOrigin(response: Response, origin: Record<string, unknown>): Response {
  for (const [key, value] of Object.entries(origin)) define(response, key, value, false);
  const clone = (): Response => withOrigin(Response.prototype.clone.call(response), origin);
  define(response, 'clone', clone, false);
  return response;
}

export function reviveRequest(meta: readonly unknown[], bodies: readonly RecordedBody[]): Request {
  const [, body, url, headers, options] = meta as [string, number | null, string, unknown, unknown];
  const init: RequestInit & Record<string, unknown> = { headers: pairs(headers) };
  for (const [key, value] of pairs<unknown>(options)) {
    // Only browsers may set the mode `navigate`, and `about:client` means no referrer.
    if (value !== null && value !== 'navigate' && value !== 'about:client') init[key] = value;
  }
  if (body === null) return new Request(url, init);
  const bytes = bodies[body];
  const request = new Request(url, { ...init, body: bytes ?? new Uint8Array() });
  return bytes === undefined ? spend(request) : request;
}

function pairs<V = string>(flat: unknown): [string, V][] {
  const list = flat as unknown[];
  return Array.from({ length: list.length / 2 }, (_, i) => [list[2 * i] as string, list[2 * i + 1] as V]);
}
