/** Requests to the server of this page. */
import { signal } from '@preact/signals';
import { heardFromServer } from './clock.ts';

const TOKEN = 'durable-token';
const NO_ANSWER = 'The server of this page does not answer.';

/** What the server refused, or that it can't be reached (status 0). */
export class RequestError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The server asks for a token that this browser doesn't have: nothing else can be shown. */
export const locked = signal<string | undefined>(undefined);

/**
 * Takes the token out of the address. It stands behind `#`, so it was never sent to the server, and it is kept for this
 * origin, which has the port in it: unlike a cookie, no other server of this machine gets it.
 */
export function takeToken(): void {
  const found = /^#token=([\w-]+)(?:&run=(.*))?$/.exec(location.hash);
  if (found === null) return;
  localStorage.setItem(TOKEN, found[1]!);
  // It is encoded as it is in the place of a run.
  history.replaceState(null, '', `${location.pathname}#/runs${found[2] === undefined ? '' : `/${found[2]}`}`);
}

function headers(): Record<string, string> {
  const token = localStorage.getItem(TOKEN);
  return { 'x-durable-page': '1', ...(token !== null && { authorization: `Bearer ${token}` }) };
}

/** Rejects with RequestError. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const sent = Date.now();
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers: { ...headers(), ...init.headers } });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new RequestError(0, 'UNREACHABLE', NO_ANSWER);
  }
  heardFromServer(Number(response.headers.get('x-durable-now')), sent, Date.now());
  if (response.ok) return response;
  const { code, message } = await refusalIn(response);
  if (code === 'TOKEN_WRONG') locked.value = message;
  throw new RequestError(response.status, code, message);
}

async function refusalIn(response: Response): Promise<{ readonly code: string; readonly message: string }> {
  try {
    const { code, message } = (await response.json()) as {
      readonly code?: unknown;
      readonly message?: unknown;
    };
    if (typeof code === 'string' && typeof message === 'string') return { code, message };
  } catch {
    // An answer of something in between.
  }
  return {
    code: 'HTTP',
    message: `The server answered with ${response.status} ${response.statusText}`.trim(),
  };
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await request(path, signal === undefined ? {} : { signal });
  return (await response.json()) as T;
}

export async function post<T>(path: string, body: object): Promise<T> {
  const init = {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  };
  return (await (await request(path, init)).json()) as T;
}

/** With the parameters that have a value. */
export function query(path: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== '') search.set(name, value);
  return search.size === 0 ? path : `${path}?${search}`;
}
