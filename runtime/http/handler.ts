import {
  CallbackError,
  MisuseError,
  RunConflictError,
  RuntimeClosedError,
  SerializationError,
  StoreError,
  UnknownFunctionError,
} from '../base/errors.ts';
import {
  authorizeNoFunction,
  authorizeReadBody,
  basePathInvalid,
  handlerOnErrorNoFunction,
  handlerWithoutFunctions,
  handlerWithoutRuntime,
  maxBodyBytesInvalid,
  methodNotServed,
  outcomeUnreadable,
} from '../base/messages/http.ts';
import {
  answerMissing,
  argsNoArray,
  errorFieldInvalid,
  fieldInvalid,
  idOfAnotherFunction,
  methodNotAllowed,
  noSuchCallback,
  noSuchFunction,
  noSuchRun,
  notAllowed,
  pathUnknown,
  reasonNoText,
  requestFailed,
  runOver,
  shuttingDown,
} from '../base/messages/http-answers.ts';
import { checkNames } from '../base/option-checks.ts';
import type { WebRequest, WebResponse } from '../base/web-types.ts';
import type { AnyFunction } from '../functions/definition.ts';
import { compiledDefinition } from '../functions/definitions.ts';
import type { ForkOptions } from '../journal/fork.ts';
import type { ResumeOptions } from '../journal/rewind.ts';
import type { ActionOptions } from '../local/worker/audit.ts';
import type { Handle } from '../local/worker/handle.ts';
import type { Runtime } from '../local/worker/runtime-interface.ts';
import { hasEnded } from '../stores/store.ts';
import { json, refusalResponse } from './answer.ts';
import { malformed, readFields } from './body.ts';
import { listRuns } from './list.ts';
import { describeThrown, NotJsonError, plainJson } from './plain-json.ts';
import { Refusal } from './refusal.ts';
import { type OnError, printError, report } from './report.ts';
import { type HttpAction, isId, type Route, routeOf } from './routes.ts';

/** The request passes, and `by` is who sent it, such as the name of a user: for `runtime.audit()`. */
export interface Allowed {
  readonly by: string;
}

type Verdict = boolean | Allowed | WebResponse;

/**
 * True, or who it is, lets the request pass. A Response is sent as it is, to ask for credentials for one. Everything else, and a
 * rejection, is a refusal.
 */
export type Authorize = (action: HttpAction, request: WebRequest) => Verdict | Promise<Verdict>;

export interface HandlerOptions {
  /** The functions that may be started, by the name they have in the path; default: none. */
  readonly functions?: Readonly<Record<string, AnyFunction>>;
  /** Called before anything else, for all requests but callbacks, whose token is the permission. Default: nothing is allowed. */
  readonly authorize?: Authorize;
  /** What the paths begin with, such as `/durable`; default: nothing. */
  readonly basePath?: string;
  /** The size of a body, in bytes; default 1 MiB. */
  readonly maxBodyBytes?: number;
  /**
   * Called with what went wrong on our side, which is answered with 500 and no details; default: `console.error`. If it
   * throws or rejects, both errors are printed.
   */
  readonly onError?: (error: unknown, request: WebRequest) => unknown;
}

/**
 * Serves a runtime over HTTP: `(request: Request) => Promise<Response>`, as Hono, Bun, Deno and workers take it. The
 * promise is never rejected.
 *
 * ```
 * POST /runs/:function?id=...   { "args": [...] }             starts a run, or returns the one with this id
 * GET  /runs?status=...&fn=...&attributes=...&limit=...&cursor=...
 * GET  /runs/:id                                              its status, and its result or error when it has ended
 * POST /runs/:id/signals/:name  { "payload": ... }
 * POST /runs/:id/cancel         { "reason": "..." }
 * POST /runs/:id/resume         { "accept": "...", "forget": true }
 * POST /runs/:id/rerun          { "id": "...", "from": "...", "forget": true }
 * POST /runs/:id/fork           { "from": "...", "id": "...", "forget": true }
 * POST /callbacks/:token        { "value": ... } or { "error": { "code": "...", "message": "..." } }
 * ```
 *
 * @throws NotCompiledError, MisuseError for invalid options
 */
export function createHandler(
  runtime: Runtime,
  options: HandlerOptions = {},
): (request: WebRequest) => Promise<WebResponse> {
  const handler = new Handler(runtime, options);
  return (request) => handler.serve(request);
}

const DEFAULT_LIMIT = 2 ** 20;

class Handler {
  readonly #runtime: Runtime;
  readonly #functions: ReadonlyMap<string, AnyFunction>;
  readonly #authorize: Authorize;
  readonly #base: string;
  readonly #limit: number;
  readonly #onError: OnError;

  constructor(runtime: Runtime, options: HandlerOptions) {
    if (typeof runtime?.start !== 'function') {
      throw new MisuseError(handlerWithoutRuntime());
    }
    checkNames('createHandler', options, ['functions', 'authorize', 'basePath', 'maxBodyBytes', 'onError']);
    const { functions = {}, authorize = () => false, basePath = '', maxBodyBytes = DEFAULT_LIMIT } = options;
    this.#runtime = runtime;
    if (typeof functions !== 'object' || functions === null) {
      throw new MisuseError(handlerWithoutFunctions());
    }
    this.#functions = new Map(Object.entries(functions));
    for (const [name, fn] of this.#functions) checkFunction(name, fn);
    if (typeof authorize !== 'function') throw new MisuseError(authorizeNoFunction());
    this.#authorize = authorize;
    if (basePath !== '' && !/^(\/[^/?#]+)+$/.test(basePath)) {
      throw new MisuseError(basePathInvalid());
    }
    this.#base = basePath;
    if (!(typeof maxBodyBytes === 'number' && maxBodyBytes > 0)) {
      throw new MisuseError(maxBodyBytesInvalid(maxBodyBytes));
    }
    this.#limit = maxBodyBytes;
    const { onError = printError } = options;
    if (typeof onError !== 'function') throw new MisuseError(handlerOnErrorNoFunction());
    this.#onError = onError;
  }

  async serve(request: Request): Promise<Response> {
    const response = await this.#answer(request);
    return request.method === 'HEAD' ? new Response(null, response) : response;
  }

  async #answer(request: Request): Promise<Response> {
    try {
      const routed = routeOf(request, this.#base);
      switch (routed.type) {
        case 'unknown':
          throw new Refusal(404, 'NOT_FOUND', pathUnknown());
        case 'malformed':
          throw malformed(routed.message);
        case 'method':
          throw new Refusal(405, 'METHOD_NOT_ALLOWED', methodNotAllowed(routed.allow), {
            allow: routed.allow,
          });
      }
      const { route } = routed;
      const allowed = route.type === 'callback' ? {} : await this.#allowed(route, request);
      return allowed instanceof Response ? allowed : await this.#carryOut(route, request, allowed);
    } catch (error) {
      return this.#failed(error, request);
    }
  }

  async #allowed(action: HttpAction, request: Request): Promise<Response | ActionOptions> {
    const verdict: unknown = await this.#authorize(action, request);
    // A copy: the same one may be given again.
    if (verdict instanceof Response) return verdict.clone();
    const by = verdict === true ? undefined : nameIn(verdict);
    if (verdict === true || by !== undefined) {
      if (!request.bodyUsed) return by === undefined ? {} : { by };
      throw new MisuseError(authorizeReadBody());
    }
    await this.#tellDenied(action);
    throw new Refusal(403, 'FORBIDDEN', notAllowed());
  }

  /** To look at runs is no action. */
  async #tellDenied(action: HttpAction): Promise<void> {
    if (action.type === 'list' || action.type === 'get') return;
    try {
      await this.#runtime.denied(action.id, action.type);
    } catch {
      // It is refused all the same, also where the runtime is closed.
    }
  }

  #carryOut(route: Route, request: Request, by: ActionOptions): Promise<Response> {
    switch (route.type) {
      case 'start':
        return this.#start(route.fn, route.id, request, by);
      case 'list':
        return listRuns(this.#runtime, route.filter);
      case 'get':
        return this.#get(route.id);
      case 'signal':
        return this.#signal(route.id, route.name, request, by);
      case 'cancel':
        return this.#cancel(route.id, request, by);
      case 'resume':
        return this.#steer(route, request, ['accept', 'forget'], by);
      case 'rerun':
      case 'fork':
        return this.#steer(route, request, ['id', 'from', 'forget'], by);
      case 'callback':
        return this.#callback(route.token, request);
    }
  }

  async #start(name: string, id: string | undefined, request: Request, by: ActionOptions): Promise<Response> {
    const fn = this.#functions.get(name);
    if (fn === undefined) throw new Refusal(404, 'UNKNOWN_FUNCTION', noSuchFunction());
    const { args = [] } = await readFields(request, this.#limit, ['args']);
    if (!Array.isArray(args)) throw malformed(argsNoArray());
    const run = await this.#runtime.start(fn, args, id === undefined ? by : { id, ...by });
    return json(200, await describe(run, this.#runtime), {
      location: `${this.#base}/runs/${encodeURIComponent(run.id)}`,
    });
  }

  async #get(id: string): Promise<Response> {
    const description = await describe(await this.#find(id), this.#runtime);
    return json('code' in description ? 500 : 200, description);
  }

  async #signal(id: string, name: string, request: Request, by: ActionOptions): Promise<Response> {
    const { payload } = await readFields(request, this.#limit, ['payload']);
    const run = await this.#find(id);
    await refuseEnded(run);
    try {
      await run.signal(name, payload, by);
    } catch (error) {
      // It may have ended at this very moment.
      if (error instanceof MisuseError) await refuseEnded(await this.#find(id));
      throw error;
    }
    return json(202, { id });
  }

  async #cancel(id: string, request: Request, by: ActionOptions): Promise<Response> {
    const { reason } = await readFields(request, this.#limit, ['reason']);
    if (reason !== undefined && typeof reason !== 'string') throw malformed(reasonNoText());
    const run = await this.#find(id);
    await refuseEnded(run);
    await run.cancel(reason, by);
    return json(202, { id });
  }

  /** Answers with the run that goes on. */
  async #steer(
    { type, id }: { readonly type: 'resume' | 'rerun' | 'fork'; readonly id: string },
    request: Request,
    names: readonly string[],
    by: ActionOptions,
  ): Promise<Response> {
    const fields = await readFields(request, this.#limit, names);
    for (const [name, value] of Object.entries(fields))
      if (typeof value !== (name === 'forget' ? 'boolean' : 'string')) throw malformed(fieldInvalid(name));
    if (typeof fields.id === 'string' && !isId(fields.id)) throw malformed(fieldInvalid('id'));
    await this.#find(id);
    const options = { ...(fields as unknown as ForkOptions & ResumeOptions), ...by };
    let run: Handle;
    try {
      run = await this.#runtime[type](id, options);
    } catch (error) {
      // These say what the run is, and what it has recorded: who may steer it may know that.
      if (error instanceof MisuseError || error instanceof UnknownFunctionError)
        throw new Refusal(409, error.code, error.message);
      throw error;
    }
    const status = await run.status();
    return json(
      202,
      { id: run.id, status },
      { location: `${this.#base}/runs/${encodeURIComponent(run.id)}` },
    );
  }

  async #callback(token: string, request: Request): Promise<Response> {
    const fields = await readFields(request, this.#limit, ['value', 'error']);
    const { value, error } = fields;
    if (Object.keys(fields).length !== 1) throw malformed(answerMissing());
    try {
      if ('value' in fields) await this.#runtime.complete(token, value);
      else await this.#runtime.fail(token, errorFrom(error));
    } catch (thrown) {
      if (!(thrown instanceof CallbackError)) throw thrown;
      // The same answer for all tokens that can't be used, so that it doesn't show which tokens have ever existed.
      throw new Refusal(404, 'UNKNOWN_CALLBACK', noSuchCallback());
    }
    return json(200, {});
  }

  async #find(id: string): Promise<Handle> {
    const run = await this.#runtime.get(id);
    if (run === undefined) throw new Refusal(404, 'UNKNOWN_RUN', noSuchRun());
    return run;
  }

  #failed(error: unknown, request: Request): Response {
    return refusalResponse(refusalOf(error) ?? this.#internal(error, request));
  }

  #internal(error: unknown, request: Request): Refusal {
    report(this.#onError, error, request);
    return new Refusal(500, 'INTERNAL', requestFailed());
  }
}

/** Who sent a request; undefined for anything else than a name. */
function nameIn(verdict: unknown): string | undefined {
  const by: unknown =
    typeof verdict === 'object' && verdict !== null ? Reflect.get(verdict, 'by') : undefined;
  return typeof by === 'string' && by !== '' ? by : undefined;
}

function checkFunction(name: string, fn: AnyFunction): void {
  const definition = compiledDefinition(fn, `The function "${name}" of createHandler`);
  if (definition.instancesOf !== undefined) {
    throw new MisuseError(methodNotServed(name));
  }
}

/** The part of an error that clients may see; undefined if there is none. */
function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof RunConflictError) {
    return new Refusal(409, error.code, idOfAnotherFunction());
  }
  if (error instanceof RuntimeClosedError) {
    return new Refusal(503, error.code, shuttingDown(), { 'retry-after': '1' });
  }
  // Our own words on a value that was sent; they name nothing but the path to a part of it.
  if (error instanceof SerializationError) return new Refusal(400, error.code, error.message);
  return undefined;
}

async function refuseEnded(run: Handle): Promise<void> {
  if (hasEnded(await run.status())) throw new Refusal(409, 'RUN_ENDED', runOver());
}

/** A run as its JSON; with a `code` if its result has none. */
async function describe(run: Handle, runtime: Runtime): Promise<object> {
  const { id } = run;
  const { fn, status } = await run.record();
  const masked = (value: unknown, kind: 'result' | 'error'): unknown =>
    runtime.mask(value, { kind, runId: id, fn });
  if (!hasEnded(status)) return { id, status };
  let result: unknown;
  try {
    result = await run.result();
  } catch (error) {
    // Only the outcome can't be read, which clients need not know.
    if (status === 'completed' || error instanceof StoreError) {
      throw new Error(outcomeUnreadable(id), { cause: error });
    }
    return { id, status, error: describeThrown(masked(error, 'error')) };
  }
  try {
    return { id, status, result: plainJson(masked(result, 'result')) };
  } catch (error) {
    if (!(error instanceof NotJsonError)) throw error;
    return { id, status, code: error.code, message: error.message };
  }
}

/** Strangers give a message and a code, never a class or further properties. */
function errorFrom(error: unknown): Error {
  if (typeof error === 'object' && error !== null) {
    const { message, code, ...others } = error as Readonly<Record<string, unknown>>;
    const fits = typeof message === 'string' && (code === undefined || typeof code === 'string');
    if (fits && Object.keys(others).length === 0) {
      return code === undefined ? new Error(message) : Object.assign(new Error(message), { code });
    }
  }
  throw malformed(errorFieldInvalid());
}
