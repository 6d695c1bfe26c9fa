import type ts from 'typescript';
import { placeOf } from './places.ts';

/** The values of the language and of Node that the codec encodes (see `runtime/values`). */
const CARRIED: readonly (readonly [name: string, prototype: object | undefined])[] = [
  ['Array', Array.prototype],
  ['Map', Map.prototype],
  ['Set', Set.prototype],
  ['Date', Date.prototype],
  ['RegExp', RegExp.prototype],
  ['URL', URL.prototype],
  ['URLSearchParams', URLSearchParams.prototype],
  ['Error', Error.prototype],
  ['String', String.prototype],
  ['Number', Number.prototype],
  ['Boolean', Boolean.prototype],
  ['BigInt', BigInt.prototype],
  ['ArrayBuffer', ArrayBuffer.prototype],
  // Of the types that include any buffer.
  ['SharedArrayBuffer', SharedArrayBuffer.prototype],
  ['DataView', DataView.prototype],
  ['Buffer', Buffer.prototype],
  ['Object', Object.prototype],
  ...['Int8', 'Uint8', 'Uint8Clamped', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float16', 'Float32', 'Float64']
    .concat('BigInt64', 'BigUint64')
    .map((kind) => [`${kind}Array`, Uint8Array.prototype] as const),
];

const NAMES: ReadonlySet<string> = new Set([
  ...CARRIED.map(([name]) => name),
  ...['ReadonlyArray', 'ReadonlyMap', 'ReadonlySet', 'RegExpMatchArray', 'RegExpExecArray'],
  ...['TemplateStringsArray', 'ArrayBufferLike', 'ArrayBufferView'],
]);

/** Recognized by their tag, so that those of installed packages count too. */
const HTTP = /^(Response|Request|Headers)$/;
/** Named where they are asked for: Node loads its HTTP client, which is large, when one of them is. */
const httpPrototypes = (): readonly object[] => [Response.prototype, Request.prototype, Headers.prototype];

export function isCarriedName(symbol: ts.Symbol | undefined, checker: ts.TypeChecker): boolean {
  if (!symbol) return false;
  const place = placeOf(symbol);
  if (HTTP.test(symbol.name)) return place !== 'own';
  if (place !== 'library') return false;
  return NAMES.has(symbol.name) || checker.getFullyQualifiedName(symbol).startsWith('Temporal.');
}

/** Members that values have themselves, and not through their prototypes. */
const OWN = /^(length|lastIndex|stack|cause|errors|\d+)$/;

/** Whether an encoded value has all of these methods and other members, so that an interface could refer to it. */
export function offersMembers(methods: readonly string[], data: readonly string[]): boolean {
  return [...CARRIED.map(([, prototype]) => prototype), ...httpPrototypes()].some(
    (prototype) =>
      prototype !== undefined &&
      methods.every((name) => typeof descriptorOf(prototype, name)?.value === 'function') &&
      data.every((name) => OWN.test(name) || name in prototype),
  );
}

/** Without calling getters, which need an instance. */
function descriptorOf(prototype: object, name: string): PropertyDescriptor | undefined {
  for (let at: object | null = prototype; at; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, name);
    if (found) return found;
  }
  return undefined;
}
