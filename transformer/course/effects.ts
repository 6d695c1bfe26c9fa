import type ts from 'typescript';
import { importOf } from '../file/bindings.ts';
import type { FileContext } from '../file/file-context.ts';
import { FORMATTERS, HELPERS, MUTATORS, OF_COLLECTIONS, READERS } from '../syntax/method-names.ts';
import { isFunctionNode, rootOf, unwrap } from '../syntax/nodes.ts';

/**
 * What a call outside of steps does to the code around it, as far as syntax shows:
 * - `reads`: nothing: it returns something and surely throws nothing;
 * - `receiver`: it may change the object that it is called on;
 * - `first`: it may change its first argument;
 * - `closure`: it executes this function of the durable function;
 * - `unknown`: it may change whatever it is given, and it may throw.
 */
export type CallEffect =
  | { readonly kind: 'reads' | 'receiver' | 'first' | 'unknown' }
  | { readonly kind: 'closure'; readonly closure: ts.Node };

const READS = { kind: 'reads' } as const;
const UNKNOWN = { kind: 'unknown' } as const;

/** Methods of loggers. What they are called on is never read by the function. */
const LOGGERS = new Set(['log', 'info', 'debug', 'warn', 'error', 'trace', 'verbose', 'notice']);

const OTHER_READERS = new Set(
  (
    'has get test match matchAll replace repeat search normalize then catch finally toJSON getFullYear getMonth getDate getDay ' +
    'getHours getMinutes getSeconds getMilliseconds getUTCDay getUTCHours getTimezoneOffset hasOwnProperty now'
  ).split(' '),
);

const READING: readonly ReadonlySet<string>[] = [HELPERS, FORMATTERS, READERS, OTHER_READERS];

/** Functions of the language that throw for what they are given, or run code. */
const MAY_THROW =
  /^(JSON\.parse|decodeURI(Component)?|encodeURI(Component)?|BigInt|structuredClone|atob|btoa|eval|Function|fetch|require|queueMicrotask|setTimeout|setInterval|setImmediate|clearTimeout|clearInterval|clearImmediate|process\..*|Reflect\..*|globalThis\..*)$/;
const CHANGES_FIRST = /^Object\.(assign|defineProperty|defineProperties|setPrototypeOf|freeze|seal)$/;

/** Constructors of the language that throw for what they are given. */
const THROWING_CLASSES: ReadonlySet<string> = new Set(['URL', 'RegExp', 'Function', 'Proxy', 'Intl']);

export function effectOf(
  file: FileContext,
  node: ts.CallExpression | ts.NewExpression,
  isLocal: (name: ts.Identifier) => boolean,
): CallEffect {
  const { ts, bindings } = file;
  const callee = unwrap(ts, node.expression);
  if (isFunctionNode(ts, callee)) return { kind: 'closure', closure: callee };
  const root = rootOf(ts, callee);
  const binding = ts.isIdentifier(root) ? bindings.resolve(root) : undefined;
  const isGlobal = ts.isIdentifier(root) && binding === undefined;
  if (isGlobal) {
    const ofGlobal = effectOfGlobal(ts, node, callee.getText(file.sourceFile), root.text);
    if (ofGlobal !== undefined) return ofGlobal;
  }
  if (importOf(ts, binding)?.module === 'use-durable') return READS;
  if (ts.isIdentifier(callee)) {
    const closure = binding && isLocal(callee) ? functionIn(file, binding.declaration) : undefined;
    return closure === undefined ? UNKNOWN : { kind: 'closure', closure };
  }
  return ts.isPropertyAccessExpression(callee) ? effectOfMethod(callee.name.text) : UNKNOWN;
}

function effectOfGlobal(
  typescript: typeof ts,
  node: ts.Node,
  text: string,
  root: string,
): CallEffect | undefined {
  if (typescript.isNewExpression(node)) return THROWING_CLASSES.has(root) ? UNKNOWN : READS;
  if (CHANGES_FIRST.test(text)) return { kind: 'first' };
  if (MAY_THROW.test(text)) return UNKNOWN;
  // `Math.max(...)`, `Number(x)`. What follows such a call is a method: `Object.keys(o).sort()`.
  return /^[A-Za-z]+(\.[A-Za-z]+)?$/.test(text) ? READS : undefined;
}

function effectOfMethod(name: string): CallEffect {
  if (MUTATORS.has(name)) return { kind: 'receiver' };
  if (READING.some((names) => names.has(name)) || OF_COLLECTIONS.has(name) || LOGGERS.has(name)) return READS;
  return UNKNOWN;
}

/** The function that a declaration of the durable function binds. */
export function functionIn({ ts }: FileContext, declaration: ts.Node): ts.Node | undefined {
  if (isFunctionNode(ts, declaration)) return declaration;
  if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
  const value = unwrap(ts, declaration.initializer);
  return isFunctionNode(ts, value) ? value : undefined;
}
