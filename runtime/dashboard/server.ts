import { MisuseError, RuntimeClosedError, SerializationError, UnknownFunctionError } from '../base/errors.ts';
import { readOnly } from '../base/messages/dashboard.ts';
import {
  methodNotAllowed,
  noSuchRun,
  pathUnknown,
  requestFailed,
  shuttingDown,
} from '../base/messages/http-answers.ts';
import { json, refusalResponse } from '../http/answer.ts';
import { Refusal } from '../http/refusal.ts';
import { type OnError, report } from '../http/report.ts';
import type { Runtime } from '../local/worker/runtime-interface.ts';
import { type Mask, noMask } from '../observe/masking.ts';
import type { InspectSource } from '../stores/inspect-source.ts';
import { type AuthorizeDashboard, accessOf, type DashboardAccess } from './access.ts';
import { carryOut, readAction } from './actions.ts';
import type { About, BulkOrder, VersionsPage } from './api.ts';
import { assetNameOf, assetResponse } from './assets.ts';
import { carryOutBulk, readBulk } from './bulk.ts';
import { Changes } from './changes.ts';
import { StatusCounts } from './counts.ts';
import { runsPage, workersPage } from './lists.ts';
import { requireOwnRequest } from './own-requests.ts';
import { PAGE_HEADERS } from './page-headers.ts';
import { type Route, routeOf } from './routes.ts';
import { figurePage, runPage, sourcePage, valuesOf } from './run-data.ts';

/** What a dashboard shows, and what it steers. */
export interface Shown {
  readonly source: InspectSource;
  /** Undefined if the store is only read. */
  readonly runtime?: Runtime;
  /** Why nobody may steer, whoever they are. */
  readonly onlyRead?: string;
}

export interface ServerOptions {
  readonly authorize: AuthorizeDashboard;
  readonly basePath: string;
  /** In bytes. */
  readonly maxBodyBytes: number;
  readonly onError: OnError;
  /** The folder whose sources are shown. */
  readonly root: string;
}

type ActRoute = Extract<Route, { readonly type: 'act' | 'bulk' }>;

/** Answers the requests of the page. */
export class DashboardServer {
  readonly #shown: Shown;
  readonly #options: ServerOptions;
  readonly #mask: Mask;
  readonly #changes: Changes;
  readonly #counts: StatusCounts;

  constructor(shown: Shown, options: ServerOptions) {
    this.#shown = shown;
    this.#options = options;
    this.#mask = shown.runtime?.mask ?? noMask;
    this.#counts = new StatusCounts(shown.source);
    this.#changes = new Changes(
      () => shown.source.position(),
      (error) => report(options.onError, error, new Request('http://localhost/api/events')),
    );
  }

  /** Never rejects. */
  async serve(request: Request): Promise<Response> {
    let response: Response;
    try {
      response = await this.#answer(request);
    } catch (error) {
      response = refusalResponse(this.#refusalOf(error, request));
    }
    for (const [name, value] of Object.entries(PAGE_HEADERS))
      if (!response.headers.has(name)) response.headers.set(name, value);
    response.headers.set('x-durable-now', String(Date.now()));
    return request.method === 'HEAD' ? new Response(null, response) : response;
  }

  /** Ends what is open. The store stays open. */
  async close(): Promise<void> {
    this.#changes.close();
    await this.#shown.source.close();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const { basePath, authorize } = this.#options;
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    // The files of the page are named relative to it.
    if (pathname === basePath && basePath !== '' && isRead)
      return new Response(null, { status: 308, headers: { location: `${basePath}/` } });
    if (!pathname.startsWith(`${basePath}/`)) throw notFound();
    const path = pathname.slice(basePath.length + 1);
    const isData = path.startsWith('api/');
    if (isData) requireOwnRequest(request);
    const access = await this.#accessOf(authorize, request, path, searchParams);
    if (access instanceof Response) return access;
    if (isData) return this.#data(path.slice('api/'.length), searchParams, access, request);
    const name = assetNameOf(path);
    if (name === undefined) throw notFound();
    if (!isRead) throw wrongMethod('GET, HEAD');
    return assetResponse(name, request);
  }

  async #accessOf(
    authorize: AuthorizeDashboard,
    request: Request,
    path: string,
    parameters: URLSearchParams,
  ): Promise<Required<DashboardAccess> | Response> {
    try {
      return await accessOf(authorize, request);
    } catch (error) {
      const route = path.startsWith('api/')
        ? routeOf(request.method, path.slice('api/'.length), parameters)
        : 'unknown';
      if (typeof route !== 'string' && route.type === 'act') await this.#tellDenied(route, '');
      throw error;
    }
  }

  /** An action on several runs is told as one on none. */
  async #tellDenied(route: ActRoute, by: string, bulk?: BulkOrder['action']): Promise<void> {
    const action = route.type === 'bulk' ? bulk : route.action;
    if (action === undefined) return;
    try {
      await this.#shown.runtime?.denied(
        route.type === 'bulk' ? undefined : route.id,
        action === 'settle' ? 'complete' : action,
        by === '' ? {} : { by },
      );
    } catch {
      // It is refused all the same, also where the runtime is closed.
    }
  }

  async #data(
    path: string,
    parameters: URLSearchParams,
    access: Required<DashboardAccess>,
    request: Request,
  ): Promise<Response> {
    const route = routeOf(request.method, path, parameters);
    if (route === 'unknown') throw notFound();
    if (typeof route === 'string') throw wrongMethod(route);
    if (route.type === 'events') return this.#changes.open(PAGE_HEADERS);
    if (route.type === 'act' || route.type === 'bulk') return this.#act(route, access, request);
    return json(200, await this.#read(route, access));
  }

  async #act(route: ActRoute, access: Required<DashboardAccess>, request: Request): Promise<Response> {
    const { runtime, source } = this.#shown;
    const { maxBodyBytes } = this.#options;
    if (runtime === undefined || !access.act) {
      const order =
        route.type === 'bulk' ? await readBulk(request, maxBodyBytes).catch(() => undefined) : undefined;
      await this.#tellDenied(route, access.by, order?.action);
      throw new Refusal(403, 'READ_ONLY', readOnly());
    }
    const steered = { runtime, source, by: access.by };
    if (route.type === 'bulk')
      return json(200, await carryOutBulk(steered, await readBulk(request, maxBodyBytes)));
    const action = await readAction(route.action, request, maxBodyBytes);
    return json(202, await carryOut(steered, route.id, action));
  }

  async #read(
    route: Exclude<Route, { readonly type: 'act' | 'bulk' | 'events' }>,
    access: Required<DashboardAccess>,
  ): Promise<object> {
    const { source, runtime } = this.#shown;
    switch (route.type) {
      case 'about':
        return this.#about(access);
      case 'runs':
        return runsPage(source, this.#mask, route);
      case 'counts':
        return this.#counts.now();
      case 'workers':
        return workersPage(source);
      case 'schedules':
        return { schedules: await source.schedules() };
      case 'versions':
        return { versions: (await runtime?.versions()) ?? [] } satisfies VersionsPage;
      case 'run':
        return (await runPage(source, this.#mask, route.id)) ?? missing();
      case 'value':
        return (await valuesOf(source, this.#mask, route)) ?? missing();
      case 'figure':
        return (await figurePage(source, this.#mask, route.id)) ?? missing();
      case 'source':
        return (await sourcePage(source, route.id, this.#options.root)) ?? missing();
    }
  }

  #about({ act }: Required<DashboardAccess>): About {
    const { source, runtime, onlyRead } = this.#shown;
    return {
      store: source.name,
      act: act && runtime !== undefined,
      ...(onlyRead !== undefined && { onlyRead }),
    };
  }

  #refusalOf(error: unknown, request: Request): Refusal {
    if (error instanceof Refusal) return error;
    // These say what a run is, and what it has recorded: who looks at it may know that.
    if (error instanceof MisuseError || error instanceof UnknownFunctionError)
      return new Refusal(409, error.code, error.message);
    if (error instanceof SerializationError) return new Refusal(400, error.code, error.message);
    if (error instanceof RuntimeClosedError) return new Refusal(503, error.code, shuttingDown());
    report(this.#options.onError, error, request);
    return new Refusal(500, 'INTERNAL', requestFailed());
  }
}

const notFound = (): Refusal => new Refusal(404, 'NOT_FOUND', pathUnknown());

const wrongMethod = (allow: string): Refusal =>
  new Refusal(405, 'METHOD_NOT_ALLOWED', methodNotAllowed(allow), { allow });

function missing(): never {
  throw new Refusal(404, 'UNKNOWN_RUN', noSuchRun());
}
