/** A `Response` as an answer of `node:http`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { whenGone } from './node-connection.ts';
import { isHttp2 } from './node-request.ts';

/** Rejects if the answer can't be written: the head before anything is sent, the body under way. */
export async function send(
  response: Response,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  // The parser calls handlers before it has come to the end of what has arrived.
  if (!incoming.complete) await new Promise((resolve) => setImmediate(resolve));
  // Before anything is sent: a body that is locked is an error of its own.
  const reader = response.body?.getReader();
  try {
    writeHead(response, incoming, outgoing);
  } catch (error) {
    await reader?.cancel();
    throw error;
  }
  if (reader !== undefined && incoming.method !== 'HEAD') return write(reader, incoming, outgoing);
  outgoing.end();
  await reader?.cancel();
}

function writeHead(response: Response, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { status, statusText } = response;
  const headers = headersOf(response);
  // The rest of the request is not read, so the next request on the connection could not be found.
  if (!incoming.complete && !isHttp2(incoming)) headers.connection = 'close';
  if (statusText === '' || isHttp2(incoming)) outgoing.writeHead(status, headers);
  else outgoing.writeHead(status, statusText, headers);
}

function headersOf({ headers }: Response): Record<string, string | string[]> {
  const plain: Record<string, string | string[]> = Object.fromEntries(headers);
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) plain['set-cookie'] = cookies;
  return plain;
}

async function write(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  let gone = false;
  let wake = (): void => {};
  const calledOff = whenGone(incoming.socket, () => {
    gone = true;
    wake();
    // The source is to stop, whether or not it is being read.
    reader.cancel().catch(() => {});
  });
  outgoing.on('drain', () => wake());
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || gone) break;
      if (outgoing.write(value)) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (gone) resolve();
      });
      if (gone) break;
    }
    outgoing.end();
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error;
  } finally {
    calledOff();
  }
}
