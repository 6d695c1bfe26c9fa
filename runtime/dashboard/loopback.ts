import { createHash, timingSafeEqual } from 'node:crypto';
import { hostForeign, tokenWrong } from '../base/messages/dashboard.ts';
import { refusalResponse } from '../http/answer.ts';
import type { FetchHandler } from '../http/node-listener.ts';
import { Refusal } from '../http/refusal.ts';
import { assetNameOf } from './assets.ts';
import { PAGE_HEADERS } from './page-headers.ts';

export interface LoopbackOptions {
  /** Of the server. */
  readonly port: number;
  /** At least 128 random bits. */
  readonly token: string;
}

const NAMES = ['127.0.0.1', 'localhost', '[::1]'] as const;

/**
 * Keeps a dashboard that is served on the loopback interface to the person who started it.
 *
 * - The Host must be this machine: a page of elsewhere whose name was pointed at 127.0.0.1 (DNS rebinding) has another one.
 * - All but the files of the page need the token, as `authorization: Bearer ...`. Other users of the machine can connect to the
 *   port, too, and so can every page in the browser.
 */
export function onLoopback(handler: FetchHandler, { port, token }: LoopbackOptions): FetchHandler {
  const hosts = new Set(NAMES.map((name) => new URL(`http://${name}:${port}`).host));
  const expected = digest(`Bearer ${token}`);
  return (request) => {
    const { host, pathname } = new URL(request.url);
    if (!hosts.has(host)) return refused(new Refusal(421, 'FOREIGN_HOST', hostForeign()));
    const given = digest(request.headers.get('authorization') ?? '');
    const isOfPage = assetNameOf(pathname.slice(1)) !== undefined;
    if (!isOfPage && !timingSafeEqual(given, expected))
      return refused(new Refusal(401, 'TOKEN_WRONG', tokenWrong()));
    return handler(request);
  };
}

const refused = (refusal: Refusal): Response => {
  const response = refusalResponse(refusal);
  for (const [name, value] of Object.entries(PAGE_HEADERS)) response.headers.set(name, value);
  return response;
};

/** Of one length, so that the comparison takes the same time for each. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
