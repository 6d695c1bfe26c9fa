/** The codes of errors and warnings. `docs/errors.md` says what each means; it is written from `docs/error-codes.ts`. */

/** The values of `DurableError.code`. */
const ERROR_CODES = [
  'NOT_COMPILED',
  'NOT_SERIALIZABLE',
  'NON_DETERMINISM',
  'UNKNOWN_FUNCTION',
  'CRASH_LOOP',
  'RUN_CONFLICT',
  'DUPLICATE_FUNCTION',
  'MISUSE',
  'FATAL',
  'CANCELLED',
  'TIMEOUT',
  'STEP_INTERRUPTED',
  'CALLBACK',
  'UNSUPPORTED',
  'LIMIT',
  'ENGINE_MISSING',
  'ENGINE_UNREACHABLE',
  'RESTATE',
  'STORE',
  'LEASE_LOST',
  'RUNTIME_CLOSED',
  'HANDLING',
  'INCOMPATIBLE_COPIES',
  'NOT_JSON',
  'NEVER',
  'CRASH_SWEEP',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** The codes of warnings of the process. */
const WARNING_CODES = [
  'USE_DURABLE_BLOCKED',
  'USE_DURABLE_ERROR_CLASS',
  'USE_DURABLE_ERROR_PARTS',
  'USE_DURABLE_ERROR_PRIVATE',
  'USE_DURABLE_HELD_BACK',
  'USE_DURABLE_INSTALLED_TWICE',
  'USE_DURABLE_LEFT_OUT',
  'USE_DURABLE_LISTENER',
  'USE_DURABLE_MADE_AGAIN',
  'USE_DURABLE_MASK',
  'USE_DURABLE_MEMORY',
  'USE_DURABLE_NO_ROOM',
  'USE_DURABLE_OUTPUT',
  'USE_DURABLE_PRIVATE',
  'USE_DURABLE_READ_AGAIN',
  'USE_DURABLE_RETENTION',
  'USE_DURABLE_STANDSTILL',
  'USE_DURABLE_TRACING',
  'USE_DURABLE_UNHANDLED',
  'USE_DURABLE_UNRECORDED',
] as const;

export type WarningCode = (typeof WARNING_CODES)[number];

const KNOWN: ReadonlySet<string> = new Set([...ERROR_CODES, ...WARNING_CODES]);

const PAGE = 'use-durable/docs/errors.md';

/** The address of what explains a code. A code that is not of this package has none on the page. */
export const helpFor = (code: string): string => (KNOWN.has(code) ? `${PAGE}#${code.toLowerCase()}` : PAGE);
