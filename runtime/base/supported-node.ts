import { UnsupportedError } from './errors.ts';
import { nodeTooOld } from './messages/options.ts';

/** The oldest Node that the package works on, as in package.json. */
export const OLDEST_NODE = '22.15.0';

/**
 * Names of Node's modules that an older one lacks are read from namespaces (`import * as crypto`), here and everywhere in
 * the runtime: what is imported by its name and missing is an error of the loader, before this can say what is needed.
 *
 * @param version of the Node that this is; undefined where it is none, such as Deno or a browser
 * @throws UnsupportedError if it is older than `OLDEST_NODE`
 */
export function requireNode(version: string | undefined): void {
  if (version === undefined || !isOlder(version, OLDEST_NODE)) return;
  throw new UnsupportedError(nodeTooOld(OLDEST_NODE, version));
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = than.split('.').map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}
