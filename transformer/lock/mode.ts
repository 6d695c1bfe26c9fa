/** What a build does with the lock: it reads it, or reads and writes it. */
export type LockMode = 'read' | 'write';

/** Hosts without options are told by the environment. */
export const writesLock = (mode: LockMode | undefined): boolean =>
  (mode ?? process.env.DURABLE_LOCK) === 'write';

/**
 * Files whose functions no lock keeps, unless it has them already: their runs end with the test.
 *
 * @param path in the package
 */
export const isTestFile = (path: string): boolean =>
  /(?:^|\/)(?:tests?|__tests__|e2e)\/|\.(?:test|spec)\.[cm]?[jt]sx?$/.test(path);
