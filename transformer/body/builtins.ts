import type ts from 'typescript';
import type { FileContext } from '../file/file-context.ts';
import { type FileNames, originOf } from '../file/origins.ts';

/** Functions that read time or chance, by origin, and the runtime's names for their replacements. */
const READS: Readonly<Record<string, string>> = {
  'Date.now': 'now',
  'performance.now': 'performanceNow',
  'Math.random': 'random',
  'crypto.randomUUID': 'randomUUID',
  'crypto.getRandomValues': 'getRandomValues',
  'crypto#randomUUID': 'randomUUID',
  'crypto#getRandomValues': 'getRandomValues',
  'crypto#webcrypto.randomUUID': 'randomUUID',
  'crypto#webcrypto.getRandomValues': 'getRandomValues',
  'perf_hooks#performance.now': 'performanceNow',
};

/** Objects with such functions, and the runtime's names for the proxies that replace them. */
const HOLDERS: Readonly<Record<string, string>> = {
  Date: 'Date',
  Math: 'Math',
  crypto: 'crypto',
  performance: 'performance',
  'crypto#default': 'crypto',
  'crypto#*': 'crypto',
  'crypto#webcrypto': 'crypto',
  'perf_hooks#performance': 'performance',
};

const lookup = (table: Readonly<Record<string, string>>, origin: string | undefined): string | undefined =>
  origin !== undefined && Object.hasOwn(table, origin) ? table[origin] : undefined;

/** The runtime's name for a function that reads time or chance. */
export function builtinReadOf(file: FileNames, node: ts.Expression): string | undefined {
  return lookup(READS, originOf(file, node));
}

/** Whether a function with this origin reads time or chance. */
export const isReadOrigin = (origin: string): boolean => lookup(READS, origin) !== undefined;

export function isBuiltinRead(file: FileContext, node: ts.Expression): boolean {
  return builtinReadOf(file, node) !== undefined;
}

/** The runtime's name for an object that is used as a value: `const { random } = Math`. */
export function builtinHolderOf(file: FileContext, node: ts.Identifier): string | undefined {
  return lookup(HOLDERS, originOf(file, node));
}
