/**
 * The settings for Next.
 *
 *     import { withDurable } from 'use-durable/next';
 *     export default withDurable({});
 */
import '../base/require-node.ts';
import { CONCERNING } from '../base/may-concern.ts';
import type { LoaderOptions } from './loader.ts';
import { rule } from './webpack.ts';

/** What Next knows of its settings, as far as these go. Its own types are not needed for it. */
interface NextConfig {
  // biome-ignore lint/suspicious/noExplicitAny: what users have in these is whatever their version of Next allows.
  readonly turbopack?: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above; Next calls it with a configuration that it has no type for.
  readonly webpack?: ((config: any, context: any) => any) | null | undefined;
}

/** Settings, or a function that makes them, as Next takes both. */
type Settings<Config> = Config | ((...args: never[]) => Config | Promise<Config>);

/**
 * Adds the loader to the settings, for both of Next's bundlers. Settings that it is given are kept.
 *
 * @param settings an object, or a function that returns one
 */
export function withDurable<Given extends Settings<NextConfig>>(settings?: Given): Given;
export function withDurable(settings: Settings<NextConfig> = {}): Settings<NextConfig> {
  if (typeof settings !== 'function') return withLoader(settings);
  return async (...args) => withLoader(await settings(...args));
}

function withLoader(config: NextConfig): NextConfig {
  const { turbopack, webpack } = config;
  return {
    ...config,
    turbopack: { ...turbopack, rules: rulesWithLoader(turbopack?.rules) },
    webpack(given, context) {
      const result = webpack == null ? given : webpack(given, context);
      result.module.rules.push(context.nextRuntime === 'edge' ? { ...rule, options: EDGE } : rule);
      return result;
    },
  };
}

const FILES = '*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}';

const EDGE: LoaderOptions = { runtime: 'edge' };

/** Turbopack itself tells the files without durable functions, and calls nothing for them. */
const OWN = [
  {
    condition: { all: [{ content: CONCERNING }, { not: 'edge-light' }] },
    loaders: [rule.loader],
  },
  {
    condition: { all: [{ content: CONCERNING }, 'edge-light'] },
    loaders: [{ loader: rule.loader, options: EDGE }],
  },
];

/** Turbopack takes the rules of each pattern, so those of the user for the same one stay beside ours. */
function rulesWithLoader(rules: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const known = rules[FILES];
  const others = known === undefined ? [] : Array.isArray(known) ? known : [known];
  return { ...rules, [FILES]: [...others, ...OWN] };
}
