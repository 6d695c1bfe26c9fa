import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import * as zlib from 'node:zlib';
import { MisuseError } from '../../base/errors.ts';
import {
  maxPayloadInvalid,
  nothingToServe,
  serviceNameInvalid,
  serviceNameReserved,
} from '../../base/messages/restate.ts';
import { checkNames } from '../../base/option-checks.ts';
import type { AnyFunction, Definition } from '../../functions/definition.ts';
import { compiledDefinition } from '../../functions/definitions.ts';
import { checkPolicy, type StepPolicy } from '../../functions/policy.ts';
import { Input, serving } from './input.ts';
import { loadFetchSdk, loadLambdaSdk, loadSdk, type WorkflowOptions } from './sdk.ts';
import { makeService, type ServiceSettings } from './service.ts';
import { LARGEST_PAYLOAD } from './wire.ts';

export interface RestateOptions {
  /** What steps do that have no policy of their own; default: they are called once. */
  readonly steps?: StepPolicy;
  /** The most bytes of one value; default 32 MiB, the default of the server. */
  readonly maxPayload?: number;
  /** Public keys of the Restate servers that may call. Without them everything that can reach the endpoint may call. */
  readonly identityKeys?: readonly string[];
  /**
   * Options of the workflows, as the SDK has them. By default a step may run an hour without a sign of life (`abortTimeout`),
   * and a run is kept for 30 days after its end (`workflowRetention`): its result can be read, and its id can't be used again.
   */
  readonly workflow?: WorkflowOptions;
}

/** An endpoint that listens. */
export interface RestateListener {
  readonly port: number;
  /** What to register with Restate: `restate deployments register <url>`. */
  readonly url: string;
  /** Stops listening and lets go of the runs. Restate resumes them when the endpoint is available again. */
  close(): Promise<void>;
}

type NodeRequest = IncomingMessage | Http2ServerRequest;
type NodeResponse = ServerResponse | Http2ServerResponse;

/** Durable functions as services of Restate, to be served in one of these ways. */
export interface RestateService {
  /**
   * Serves over HTTP/2.
   *
   * @param port default 9080; 0 takes a free one
   * @param host the address to listen at; default 127.0.0.1, which only this machine reaches
   *
   * Rejects with EngineMissingError, and with what the system says about the port.
   */
  listen(port?: number, host?: string): Promise<RestateListener>;
  /** For a server of your own, of `node:http2`, or of `node:http` without steps that are called at most once. */
  readonly nodeHandler: (request: NodeRequest, response: NodeResponse) => void;
  /** For what calls with a Request and wants a Response: Deno, Bun, workers. No steps that are called at most once. */
  readonly fetch: (request: Request, ...context: unknown[]) => Promise<Response>;
  /**
   * For AWS Lambda as Restate calls it; no steps that are called at most once. Not for Lambda's own durable functions: see
   * `use-durable/aws-lambda`.
   */
  readonly lambda: (event: LambdaEvent, context: unknown) => Promise<unknown>;
}

export interface LambdaEvent {
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Names that the server keeps for itself. */
const RESERVED = /^(?:restate|openapi$)/i;
const SERVICE_NAME = /^(?:[a-zA-Z]|_[a-zA-Z0-9])[a-zA-Z0-9._-]*$/;

/**
 * Makes services of durable functions. Each is a workflow of Restate under the name that it has in `functions`, with the
 * id of the run as its key:
 *
 * ```sh
 * curl localhost:8080/registerUser/run-1/run/send --json '[{"email": "ada@example.com"}]'   # start
 * curl localhost:8080/restate/workflow/registerUser/run-1/attach                            # result
 * curl localhost:8080/registerUser/run-1/signal --json '{"name": "approved", "payload": true}'
 * curl localhost:8080/registerUser/run-1/complete --json '{"token": "...", "value": 1}'     # or "error"
 * curl localhost:8080/registerUser/run-1/cancel --json '{"reason": "no longer wanted"}'
 * ```
 *
 * @throws NotCompiledError for a function that isn't durable or wasn't compiled
 * @throws MisuseError for a name that Restate doesn't take, and for malformed options
 */
export function toRestate(
  functions: Readonly<Record<string, AnyFunction>>,
  options: RestateOptions = {},
): RestateService {
  const definitions = definitionsOf(functions);
  const settings = settingsOf(definitions, options);
  const identityKeys = options.identityKeys === undefined ? {} : { identityKeys: [...options.identityKeys] };
  const services = lazily(async () => {
    const sdk = await loadSdk();
    return [...definitions].map(([name, definition]) => makeService(sdk, name, definition, settings));
  });
  const node = lazily(async () => {
    const { createEndpointHandler } = await loadSdk();
    return createEndpointHandler({ services: await services(), ...identityKeys });
  });
  const fetch = lazily(async () => {
    const { createEndpointHandler } = await loadFetchSdk();
    return createEndpointHandler({ services: await services(), ...identityKeys });
  });
  const lambda = lazily(async () => {
    const { createEndpointHandler } = await loadLambdaSdk();
    return createEndpointHandler({ services: await services(), ...identityKeys });
  });
  const nodeHandler = (request: NodeRequest, response: NodeResponse): void => {
    node().then(
      (handle) => serveNode(handle as NodeHandler, request, response),
      (error) => {
        response.statusCode = 500;
        response.end(String(error));
      },
    );
  };
  return {
    nodeHandler,
    listen: async (port = 9080, host = '127.0.0.1') => {
      await node();
      return listen(nodeHandler, port, host);
    },
    fetch: async (request, ...context) => serveFetch(await fetch(), request, context),
    lambda: async (event, context) => {
      const handle = await lambda();
      const input = new Input(false);
      input.read(bodyOf(event));
      return serving(input, () => handle(event, context));
    },
  };
}

function definitionsOf(functions: Readonly<Record<string, AnyFunction>>): ReadonlyMap<string, Definition> {
  const definitions = new Map<string, Definition>();
  for (const [name, fn] of Object.entries(functions)) {
    const definition = compiledDefinition(fn, `The function "${name}"`);
    if (!SERVICE_NAME.test(name)) {
      throw new MisuseError(serviceNameInvalid(name));
    }
    if (RESERVED.test(name)) {
      throw new MisuseError(serviceNameReserved(name));
    }
    definitions.set(name, definition);
  }
  if (definitions.size === 0) throw new MisuseError(nothingToServe());
  return definitions;
}

function settingsOf(definitions: ReadonlyMap<string, Definition>, options: RestateOptions): ServiceSettings {
  checkNames('toRestate', options, ['steps', 'maxPayload', 'identityKeys', 'workflow']);
  const { steps, maxPayload = LARGEST_PAYLOAD, workflow } = options;
  if (steps !== undefined) checkPolicy('toRestate: steps', steps);
  if (!Number.isSafeInteger(maxPayload) || maxPayload < 1) {
    throw new MisuseError(maxPayloadInvalid(maxPayload));
  }
  const names = new Map([...definitions].map(([name, { id }]) => [id, name]));
  return { limit: maxPayload, steps, workflow, serviceOf: (fn) => names.get(fn) };
}

type NodeHandler = (request: NodeRequest, response: NodeResponse) => void;

function serveNode(handle: NodeHandler, request: NodeRequest, response: NodeResponse): void {
  const input = new Input(request.httpVersionMajor >= 2);
  const source = request[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  Object.defineProperty(request, Symbol.asyncIterator, {
    value: () => input.pass(source),
    configurable: true,
  });
  serving(input, () => handle(request, response));
}

function serveFetch(
  handle: (request: Request, ...context: unknown[]) => Promise<Response>,
  request: Request,
  context: readonly unknown[],
): Promise<Response> {
  const input = new Input(false);
  const { body } = request;
  if (body !== null) {
    const source = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    Object.defineProperty(body, Symbol.asyncIterator, {
      value: () => input.pass(source),
      configurable: true,
    });
  }
  return serving(input, () => handle(request, ...context));
}

/** All of the journal comes at once here. */
function bodyOf({ body, isBase64Encoded, headers }: LambdaEvent): Uint8Array {
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  const encoding = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-encoding')?.[1];
  return encoding?.includes('zstd') ? zlib.zstdDecompressSync(bytes) : bytes;
}

async function listen(handler: NodeHandler, port: number, host: string): Promise<RestateListener> {
  const server = createServer(handler);
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  server.listen(port, host);
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}

/** Once, when it is needed; again if it failed. */
function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
