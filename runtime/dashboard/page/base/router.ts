/** The place in the page is behind `#`: the server needs to know one path only, wherever it is mounted. */
import { computed, signal } from '@preact/signals';

export interface Route {
  /** Decoded. */
  readonly path: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
}

const hash = signal(location.hash);

export const route = computed<Route>(() => {
  const [path = '', search = ''] = hash.value.replace(/^#\/?/, '').split(/\?(.*)/s);
  return {
    path: path.split('/').map(decoded),
    parameters: Object.fromEntries(new URLSearchParams(search)),
  };
});

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function startRouter(): void {
  addEventListener('hashchange', () => {
    hash.value = location.hash;
  });
  if (location.hash === '') go(hrefOf(['runs']), 'replace');
  hash.value = location.hash;
}

export function hrefOf(
  path: readonly string[],
  parameters: Readonly<Record<string, string | undefined>> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== '') search.set(name, value);
  return `#/${path.map(encodeURIComponent).join('/')}${search.size === 0 ? '' : `?${search}`}`;
}

/** @param how `replace` adds no entry to the history */
export function go(href: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') location.hash = href;
  else {
    history.replaceState(null, '', href);
    hash.value = location.hash;
  }
}

/** Changes parameters of the place; undefined takes one away. */
export function setParameters(
  changed: Readonly<Record<string, string | undefined>>,
  how: 'push' | 'replace' = 'replace',
): void {
  const { path, parameters } = route.value;
  go(hrefOf(path, { ...parameters, ...changed }), how);
}
