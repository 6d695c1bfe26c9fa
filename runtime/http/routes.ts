/** Which request means what. Nothing of a path is used but as an id, a name or a token. */
import { parameterUnknown } from '../base/messages/http-answers.ts';
import type { WebRequest } from '../base/web-types.ts';
import type { ListFilter } from '../stores/store.ts';
import { filterOf } from './list.ts';

/** The action that a request is for; `authorize` decides on it before the body is read. */
export type HttpAction =
  /** `fn` is the name in the path; whether there is such a function isn't known yet. */
  | { readonly type: 'start'; readonly fn: string; readonly id: string | undefined }
  /** Runs, by the parameters of the request. */
  | { readonly type: 'list'; readonly filter: ListFilter }
  | { readonly type: 'get'; readonly id: string }
  | { readonly type: 'signal'; readonly id: string; readonly name: string }
  | { readonly type: 'cancel'; readonly id: string }
  | { readonly type: 'resume'; readonly id: string }
  | { readonly type: 'rerun'; readonly id: string }
  | { readonly type: 'fork'; readonly id: string };

export type Route = HttpAction | { readonly type: 'callback'; readonly token: string };

/** - `malformed`: the path or the id in it can't be meant; - `method`: the path takes these methods only. */
export type Routed =
  | { readonly type: 'route'; readonly route: Route }
  | { readonly type: 'unknown' }
  | { readonly type: 'malformed'; readonly message: string }
  | { readonly type: 'method'; readonly allow: string };

type Routes = Readonly<Record<string, Route>>;

/** @param base the beginning of the paths, with a leading slash and no trailing one; empty for none */
export function routeOf(request: WebRequest, base: string): Routed {
  const { pathname, search, searchParams } = new URL(request.url);
  if (!pathname.startsWith(`${base}/`)) return { type: 'unknown' };
  let segments: string[];
  try {
    // `searchParams` would put one and the same character for all that is broken.
    for (const part of search.slice(1).split(/[&=]/)) decodeURIComponent(part);
    segments = pathname
      .slice(base.length + 1)
      .split('/')
      .map(decodeURIComponent);
  } catch {
    return { type: 'malformed', message: 'The URL holds a broken percent-encoding.' };
  }
  const routes = routesOf(segments, searchParams);
  if (routes === undefined) return { type: 'unknown' };
  // `routes` has no prototype, and methods are upper case.
  const route = routes[request.method === 'HEAD' ? 'GET' : request.method];
  if (route === undefined) return { type: 'method', allow: methodsOf(routes) };
  if (route.type === 'start') {
    const surplus = [...searchParams.keys()].find((name, index) => index > 0 || name !== 'id');
    if (surplus !== undefined) {
      return { type: 'malformed', message: parameterUnknown(surplus) };
    }
  }
  if (route.type === 'start' && route.id !== undefined && !isId(route.id)) {
    return {
      type: 'malformed',
      message: 'The id of a run has 1 to 255 characters, no control characters, and is not "." or "..".',
    };
  }
  return { type: 'route', route };
}

function routesOf(segments: readonly string[], query: URLSearchParams): Routes | undefined {
  if (segments.includes('')) return undefined;
  const [first, second = '', third, fourth = ''] = segments;
  const shape = `${first}/${segments.length}`;
  if (shape === 'runs/1') return table({ GET: { type: 'list', filter: filterOf(query) } });
  if (shape === 'runs/2') {
    const id = query.get('id') ?? undefined;
    return table({ GET: { type: 'get', id: second }, POST: { type: 'start', fn: second, id } });
  }
  if (shape === 'runs/3' && isSteering(third)) return table({ POST: { type: third, id: second } });
  if (shape === 'runs/4' && third === 'signals') {
    return table({ POST: { type: 'signal', id: second, name: fourth } });
  }
  if (shape === 'callbacks/2') return table({ POST: { type: 'callback', token: second } });
  return undefined;
}

const isSteering = (name: string | undefined): name is 'cancel' | 'resume' | 'rerun' | 'fork' =>
  name === 'cancel' || name === 'resume' || name === 'rerun' || name === 'fork';

const table = (routes: Routes): Routes => Object.assign(Object.create(null) as Routes, routes);

const methodsOf = (routes: Routes): string =>
  Object.keys(routes)
    .flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    .join(', ');

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const CONTROL = /[\u0000-\u001f\u007f]/;

/** An id that a path can contain, so that the run can be found later. */
export const isId = (id: string): boolean =>
  id.length >= 1 && id.length <= 255 && id !== '.' && id !== '..' && !CONTROL.test(id);
