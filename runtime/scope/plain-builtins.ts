import { MisuseError } from '../base/errors.ts';
import { builtinUnknown } from '../base/messages/runs.ts';

/** The platform's own builtin, for compiled code that is not workflow code. */
export function plainBuiltin(name: string, original?: unknown): unknown {
  if (original !== undefined && !needsReceiver(original)) return original;
  switch (name) {
    case 'now':
      return Date.now;
    case 'performanceNow':
      return () => performance.now();
    case 'random':
      return Math.random;
    case 'randomUUID':
      return () => crypto.randomUUID();
    case 'getRandomValues':
      return (view: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(view);
    case 'Date':
      return Date;
    case 'Math':
      return Math;
    case 'crypto':
      return crypto;
    case 'performance':
      return performance;
    default:
      throw unknownBuiltin(name);
  }
}

/** The code was compiled by another version of the compiler. */
export const unknownBuiltin = (name: string): MisuseError => new MisuseError(builtinUnknown(name));

/** Methods of globals that compiled code calls without their receiver: `perf.now()`. */
const needsReceiver = (fn: unknown): boolean =>
  fn === performance.now || fn === crypto.randomUUID || fn === crypto.getRandomValues;
