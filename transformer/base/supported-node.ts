/** The oldest Node that the package works on, as in package.json. The runtime has the same. */
export const OLDEST_NODE = '22.15.0';

/**
 * @param version of Node
 * @returns what to say if it is too old
 */
export function nodeTooOld(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = OLDEST_NODE.split('.').map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return undefined;
  return `use-durable needs Node ${OLDEST_NODE} or newer; this is Node ${version}.`;
}
