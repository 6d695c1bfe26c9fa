/** What a request of `node:http` is as a `Request`; strangers write it, so nothing of it is taken on trust. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientGone } from '../base/messages/http.ts';
import {
  headerInvalid,
  hostInvalid,
  hostTwice,
  httpVersionUnsupported,
  methodNotImplemented,
  targetHostInvalid,
  targetInvalid,
  targetNotEncoded,
  targetNoUrl,
} from '../base/messages/http-answers.ts';
import { malformed } from './body.ts';
import { whenGone } from './node-connection.ts';
import { Refusal } from './refusal.ts';

/**
 * @throws Refusal 400 for a request target or a Host that is none, 501 for a method that a Request can't have, 505 for a
 * version that node:http lets pass
 */
export function requestOf(incoming: IncomingMessage, outgoing: ServerResponse): Request {
  const { method = 'GET', httpVersion } = incoming;
  if (!isHttp2(incoming) && httpVersion !== '1.1' && httpVersion !== '1.0') {
    throw new Refusal(505, 'VERSION_NOT_SUPPORTED', httpVersionUnsupported());
  }
  // `Request` has none of these, and what they ask for isn't done here.
  if (/^(connect|trace|track)$/i.test(method)) {
    throw new Refusal(501, 'NOT_IMPLEMENTED', methodNotImplemented(method));
  }
  const url = urlOf(incoming);
  const withBody = method !== 'GET' && method !== 'HEAD';
  const init: RequestInit = {
    method,
    headers: headersOf(incoming),
    signal: disconnected(incoming, outgoing),
    ...(withBody && { body: bodyOf(incoming), duplex: 'half' }),
  };
  return new Request(url, init);
}

/** A host, and a port where there is one; what could end it early in a URL is left out. */
const AUTHORITY = /^(\[[\da-f:.]+\]|[\w.~!$&'()*+;=%-]+)(:\d*)?$/i;
/** Printable ASCII: everything else must be percent-encoded in a request target. */
const TARGET = /^[!-~]+$/;

/**
 * The forms of RFC 9112, section 3.2. The path is never resolved against a base: `//host/x` would be another host's `/x`.
 */
function urlOf(incoming: IncomingMessage): URL {
  const { url: target = '', socket } = incoming;
  if (!TARGET.test(target)) throw malformed(targetNotEncoded());
  const host = hostOf(incoming);
  const scheme = 'encrypted' in socket ? 'https' : 'http';
  if (target.startsWith('/')) return parse(`${scheme}://${host}${target}`);
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/i.exec(target);
  if (absolute === null) throw malformed(targetNoUrl());
  const [, authority = ''] = absolute;
  if (!AUTHORITY.test(authority)) throw malformed(targetHostInvalid());
  return parse(target);
}

/** Not by the version, which is only what the client says. */
export const isHttp2 = (incoming: IncomingMessage): boolean => 'stream' in incoming;

function hostOf(incoming: IncomingMessage): string {
  const { rawHeaders, headers } = incoming;
  const hosts = rawHeaders.filter((_text, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'host');
  if (hosts.length > 1) throw malformed(hostTwice());
  // Optional before HTTP/1.1; node:http itself refuses a later request without one.
  const [host = 'localhost'] = hosts;
  const named = isHttp2(incoming) ? String(headers[':authority'] ?? host) : host;
  if (!AUTHORITY.test(named)) throw malformed(hostInvalid());
  return named;
}

function parse(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw malformed(targetInvalid());
  }
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    // The pseudo-headers of HTTP/2 are the method and the URL.
    if (name.startsWith(':')) continue;
    try {
      headers.append(name, rawHeaders[i + 1]!);
    } catch {
      throw malformed(headerInvalid());
    }
  }
  return headers;
}

/** Aborted when the client is gone before it has the whole answer. */
function disconnected(incoming: IncomingMessage, outgoing: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const done = whenGone(incoming.socket, () => {
    if (!outgoing.writableFinished) controller.abort();
  });
  outgoing.once('finish', done);
  return controller.signal;
}

/**
 * The body, read on demand. The unread part stays in the connection. Data that arrives after a cancellation is dropped, so that
 * the answer can still be sent.
 */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let started = false;
  let over = false;
  let stop = (): void => {};
  const start = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    const end = (finish: () => void): void => {
      if (over) return;
      over = true;
      stop();
      finish();
    };
    const data = (chunk: Uint8Array): void => {
      if (over) return;
      controller.enqueue(new Uint8Array(chunk));
      incoming.pause();
    };
    const failed = (): void => end(() => controller.error(new Error(clientGone())));
    incoming.on('data', data);
    incoming.once('end', () => end(() => controller.close()));
    incoming.once('error', failed);
    incoming.once('close', failed);
    stop = whenGone(incoming.socket, failed);
  };
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (!started) start(controller);
        started = true;
        incoming.resume();
      },
      cancel() {
        over = true;
        stop();
        incoming.resume();
      },
    },
    // Nothing is read before it is needed.
    { highWaterMark: 0 },
  );
}
