import { UnsupportedError } from './errors.ts';
import { nodeTooOld } from './messages/options.ts';

/** The oldest Node that the package works on, as in package.json. */
export const OLDEST_NODE = '22.15.0';

/**
 * Names of Node's modules that older versions lack are read from namespaces (`import * as crypto`), here and everywhere in the
 * runtime. A missing named import would be an error of the loader, before this check can report it.
 *
 * @param version of Node; undefined in other environments, such as Deno or a browser
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
