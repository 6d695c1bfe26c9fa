/** `use-durable/dashboard`: the page on which a person sees runs, and steers them. */
import { MisuseError } from '../base/errors.ts';
import {
  dashboardBasePathInvalid,
  dashboardWithoutAuthorize,
  dashboardWithoutRuntime,
} from '../base/messages/dashboard.ts';
import { handlerOnErrorNoFunction, maxBodyBytesInvalid } from '../base/messages/http.ts';
import { checkNames } from '../base/option-checks.ts';
import type { WebRequest, WebResponse } from '../base/web-types.ts';
import { printError } from '../http/report.ts';
import { storeOf } from '../local/worker/runtime.ts';
import type { Runtime } from '../local/worker/runtime-interface.ts';
import type { AuthorizeDashboard } from './access.ts';
import { DashboardServer } from './server.ts';

export type { AuthorizeDashboard, DashboardAccess } from './access.ts';

export interface DashboardOptions {
  /**
   * Called for each request. It says whether the person may see the runs (`read`), steer them (`act`), and who it is (`by`).
   * Whoever may read sees all inputs, values and errors, as the mask of the runtime shows them.
   */
  readonly authorize: AuthorizeDashboard;
  /** What the paths begin with, such as `/durable`; default: nothing. */
  readonly basePath?: string;
  /** The folder to which the files of durable functions are relative, to show their source; default: the working directory. */
  readonly root?: string;
  /** The size of a body, in bytes; default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Called with what went wrong on our side, which is answered with 500 and no details; default: `console.error`. */
  readonly onError?: (error: unknown, request: WebRequest) => unknown;
}

const DEFAULT_LIMIT = 2 ** 20;

/**
 * Serves a page on which the runs of a runtime are seen and steered: `(request: Request) => Promise<Response>`, beside
 * `createHandler`. The promise is never rejected.
 *
 * @throws MisuseError for invalid options, StoreError if the store can't be read
 */
export function createDashboard(
  runtime: Runtime,
  options: DashboardOptions,
): (request: WebRequest) => Promise<WebResponse> {
  const store = storeOf(runtime);
  if (store === undefined) throw new MisuseError(dashboardWithoutRuntime());
  checkNames('createDashboard', options, ['authorize', 'basePath', 'root', 'maxBodyBytes', 'onError']);
  const {
    authorize,
    basePath = '',
    root = '.',
    maxBodyBytes = DEFAULT_LIMIT,
    onError = printError,
  } = options;
  if (typeof authorize !== 'function') throw new MisuseError(dashboardWithoutAuthorize());
  if (basePath !== '' && !/^(\/[^/?#]+)+$/.test(basePath)) throw new MisuseError(dashboardBasePathInvalid());
  if (!(typeof maxBodyBytes === 'number' && maxBodyBytes > 0))
    throw new MisuseError(maxBodyBytesInvalid(maxBodyBytes));
  if (typeof onError !== 'function') throw new MisuseError(handlerOnErrorNoFunction());
  const shown = { source: store.inspect(), runtime };
  const server = new DashboardServer(shown, { authorize, basePath, root, maxBodyBytes, onError });
  return (request) => server.serve(request);
}
