import type { IncomingMessage, ServerResponse } from 'node:http';
import { MisuseError } from '../base/errors.ts';
import {
  handlerReturnedNoResponse,
  listenerOnErrorNoFunction,
  listenerWithoutHandler,
} from '../base/messages/http.ts';
import { requestFailed } from '../base/messages/http-answers.ts';
import { checkNames } from '../base/option-checks.ts';
import type { WebRequest, WebResponse } from '../base/web-types.ts';
import { refusalResponse } from './answer.ts';
import { send } from './node-answer.ts';
import { requestOf } from './node-request.ts';
import { Refusal } from './refusal.ts';
import { type OnError, printError, report } from './report.ts';

/** As `createHandler` returns it, or the `fetch` of a framework. */
export type FetchHandler = (request: WebRequest) => WebResponse | Promise<WebResponse>;

/** A request of `node:http`, or of the compatible API of `node:http2`. */
export interface NodeRequest {
  readonly rawHeaders: readonly string[];
}

/** A response of `node:http`, or of the compatible API of `node:http2`. */
export interface NodeResponse {
  readonly writableEnded: boolean;
}

export interface NodeListenerOptions {
  /**
   * Called with what the handler throws, which is answered with 500, and with what fails while its answer is sent; default:
   * `console.error`.
   */
  readonly onError?: (error: unknown, request: WebRequest) => unknown;
}

/**
 * Serves a handler from `Request` to `Response` with Node's own server: `createServer(toNodeListener(handler))`, of
 * `node:http`, `node:https`, or `node:http2`. What is no request is answered with 400 and never reaches the handler; the
 * `signal` of the Request is aborted when the client disconnects. No request and no failure of the handler ends the process.
 *
 * @throws MisuseError if the handler is no function
 */
export function toNodeListener(
  handler: FetchHandler,
  options: NodeListenerOptions = {},
): (incoming: NodeRequest, outgoing: NodeResponse) => void {
  if (typeof handler !== 'function') {
    throw new MisuseError(listenerWithoutHandler());
  }
  checkNames('toNodeListener', options, ['onError']);
  const { onError = printError } = options;
  if (typeof onError !== 'function') throw new MisuseError(listenerOnErrorNoFunction());
  // The types above name no more of Node than a project without its types can know.
  return (incoming, outgoing) =>
    void serve(handler, onError, incoming as IncomingMessage, outgoing as unknown as ServerResponse);
}

/** Never rejects. */
async function serve(
  handler: FetchHandler,
  onError: OnError,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  // An error event without a listener would end the process. Its effect shows at the end of the connection.
  incoming.on('error', () => {});
  outgoing.on('error', () => {});
  let request: Request | undefined;
  const failed = (error: unknown): void =>
    report(onError, error, request ?? new Request('http://localhost/'));
  try {
    try {
      request = requestOf(incoming, outgoing);
      await send(await answer(handler, request), incoming, outgoing);
    } catch (error) {
      if (!(error instanceof Refusal)) failed(error);
      const refusal = error instanceof Refusal ? error : INTERNAL;
      if (outgoing.headersSent) outgoing.destroy();
      else await send(refusalResponse(refusal), incoming, outgoing);
    }
  } catch (error) {
    failed(error);
    outgoing.destroy();
  }
}

const INTERNAL = new Refusal(500, 'INTERNAL', requestFailed());

async function answer(handler: FetchHandler, request: Request): Promise<Response> {
  const response: unknown = await handler(request);
  // Not `instanceof`: a framework may bring a Response of its own.
  const { status, headers } = (response ?? {}) as Partial<Response>;
  if (typeof status !== 'number' || typeof headers?.getSetCookie !== 'function') {
    throw new TypeError(handlerReturnedNoResponse());
  }
  return response as Response;
}
