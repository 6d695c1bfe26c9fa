/**
 * What values look like, as far as it is data: of a type, or of one value that a journal has. Shapes of two programs can be
 * compared, unlike their types.
 */
export interface Shape {
  form: Form;
}

export type Form =
  /** `any`, `unknown`, type parameters, functions: nothing is known, or nothing is kept. */
  | { readonly kind: 'any' }
  /** Of a function that returns nothing. Where it is expected, everything fits. */
  | { readonly kind: 'void' }
  | { readonly kind: 'primitive'; readonly type: 'string' | 'number' | 'bigint' | 'boolean' | 'symbol' }
  | { readonly kind: 'literal'; readonly value: string | number | bigint | boolean | null | undefined }
  /** Strings of a pattern. */
  | { readonly kind: 'template'; readonly pattern: string }
  | { readonly kind: 'list'; readonly elements: readonly Element[] }
  /** Without its methods. `rest` is what all other members have. */
  | {
      readonly kind: 'object';
      readonly members: ReadonlyMap<string, Member>;
      readonly rest: Shape | undefined;
    }
  /** An instance of a class of the language, with the names of those that it extends, and what it holds. */
  | { readonly kind: 'builtin'; readonly names: readonly string[]; readonly holds: readonly Shape[] }
  | { readonly kind: 'union'; readonly of: readonly Shape[] };

export interface Member {
  readonly shape: Shape;
  readonly isOptional: boolean;
}

export interface Element extends Member {
  /** Any number of them. */
  readonly isRest: boolean;
}

export const shape = (form: Form): Shape => ({ form });

export const ANY: Shape = shape({ kind: 'any' });
export const UNDEFINED: Shape = shape({ kind: 'literal', value: undefined });
export const NULL: Shape = shape({ kind: 'literal', value: null });

/** Whether it is nothing but undefined, or null. */
export const isNullish = ({ form }: Shape): boolean =>
  form.kind === 'void' || (form.kind === 'literal' && (form.value === undefined || form.value === null));

/** So many parts of a shape are shown. */
const SHOWN = 4;

/** For messages: `{ id: string, ... }`. */
export function shapeText({ form }: Shape, depth = 0): string {
  switch (form.kind) {
    case 'any':
      return 'unknown';
    case 'void':
      return 'undefined';
    case 'primitive':
      return form.type;
    case 'literal':
      return literalText(form.value);
    case 'template':
      return 'a string of a pattern';
    case 'builtin':
      return form.names[0] ?? 'unknown';
    case 'union': {
      const last = form.of.filter(isNullish);
      const ordered = [...form.of.filter((one) => !last.includes(one)), ...last];
      const parts = [...new Set(ordered.map((one) => shapeText(one, depth)))];
      if (parts.length === 0) return 'never';
      return listed(parts, ' | ');
    }
    case 'list':
      if (depth > 1) return 'array';
      if (form.elements.length === 1 && form.elements[0]!.isRest)
        return arrayText(form.elements[0]!.shape, depth + 1);
      return `[${listed(
        form.elements.map((one) => `${one.isRest ? '...' : ''}${shapeText(one.shape, depth + 1)}`),
        ', ',
      )}]`;
    case 'object': {
      const names = [...form.members].map(
        ([name, { shape: of, isOptional }]) =>
          `${name}${isOptional ? '?' : ''}: ${depth > 0 ? kindText(of) : shapeText(of, depth + 1)}`,
      );
      return names.length === 0 ? '{}' : `{ ${listed(names, ', ')} }`;
    }
  }
}

function arrayText(of: Shape, depth: number): string {
  const text = shapeText(of, depth);
  return of.form.kind === 'union' ? `(${text})[]` : `${text}[]`;
}

const kindText = (of: Shape): string => (of.form.kind === 'object' ? 'object' : shapeText(of, 2));

function literalText(value: string | number | bigint | boolean | null | undefined): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 30 ? `${value.slice(0, 30)}...` : value);
}

const listed = (parts: readonly string[], separator: string): string =>
  parts.length > SHOWN ? [...parts.slice(0, SHOWN), '...'].join(separator) : parts.join(separator);
