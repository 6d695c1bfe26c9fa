import {
  ANY,
  type Element,
  type Form,
  isNullish,
  type Member,
  type Shape,
  shape,
  shapeText,
  UNDEFINED,
} from './shape.ts';

/** A part of what is recorded that code which expects another shape would take for something else. */
export interface Misfit {
  /** Below the value: `.total`; empty for the value itself. */
  readonly path: string;
  /** What is recorded there, in words; `MISSING` where it may have no such part. */
  readonly recorded: string;
  /** What is expected there, in words. */
  readonly expected: string;
}

/**
 * The first part of a recorded value that may not be what is expected; undefined if all of it fits. Where one of the two sides
 * says nothing (`any`, `unknown`), it fits.
 */
export function misfitOf(recorded: Shape, expected: Shape): Misfit | undefined {
  return new Comparison().of(recorded, expected, '');
}

export const MISSING = 'missing';

type Of<Kind extends Form['kind']> = Extract<Form, { readonly kind: Kind }>;

/** An object with a choice of literals is compared as so many objects. */
const MOST_CHOICES = 32;

class Comparison {
  /** Pairs that are being compared, or fit: types may contain themselves. */
  readonly #known = new Map<Shape, Set<Shape>>();
  /** In the order in which they were begun. */
  readonly #begun: (readonly [recorded: Shape, expected: Shape])[] = [];

  of(recorded: Shape, expected: Shape, path: string): Misfit | undefined {
    if (recorded === expected) return undefined;
    const known = this.#known.get(recorded) ?? new Set();
    if (known.has(expected)) return undefined;
    this.#known.set(recorded, known.add(expected));
    const start = this.#begun.push([recorded, expected]) - 1;
    const misfit = this.#compare(recorded, expected, path);
    // What was found inside may count on this pair.
    if (misfit) for (const [one, other] of this.#begun.splice(start)) this.#known.get(one)?.delete(other);
    return misfit;
  }

  #compare(recorded: Shape, expected: Shape, path: string): Misfit | undefined {
    const [from, to] = [recorded.form, expected.form];
    if (from.kind === 'any' || to.kind === 'any' || to.kind === 'void') return undefined;
    if (from.kind === 'void') return this.of(UNDEFINED, expected, path);
    if (from.kind === 'union') return first(from.of, (one) => this.of(one, expected, path));
    if (to.kind === 'union') return this.#toUnion(recorded, expected, to, path);
    if (to.kind === 'object' && to.members.size === 0 && to.rest === undefined)
      return isNullish(recorded) ? misfit(recorded, expected, path) : undefined;
    const inner = this.#inside(from, to, path);
    return inner === 'other' ? misfit(recorded, expected, path) : inner;
  }

  #toUnion(recorded: Shape, expected: Shape, { of }: Of<'union'>, path: string): Misfit | undefined {
    if (of.some((one) => this.of(recorded, one, path) === undefined)) return undefined;
    const { form } = recorded;
    if (form.kind === 'primitive' && form.type === 'boolean')
      return first([true, false], (value) => this.of(shape({ kind: 'literal', value }), expected, path));
    const choices = form.kind === 'object' ? choicesOf(form) : undefined;
    if (choices) return first(choices, (one) => this.of(one, expected, path));
    // Of `Order | undefined` the order says what is wrong.
    const like = of.filter((one) => one.form.kind === form.kind);
    const [only] = like;
    const inner =
      like.length === 1 && only && form.kind !== 'literal' ? this.of(recorded, only, path) : undefined;
    return inner ?? misfit(recorded, expected, path);
  }

  /** 'other' where they are of different kinds. */
  #inside(from: Form, to: Form, path: string): Misfit | 'other' | undefined {
    if (from.kind === 'object' && to.kind === 'object') return this.#object(from, to, path);
    if (from.kind === 'list' && to.kind === 'list') return this.#list(from.elements, to.elements, path);
    if (from.kind === 'list' && to.kind === 'object') return this.#object(asObject(from), to, path);
    if (from.kind === 'builtin' && to.kind === 'builtin') {
      const [name] = to.names;
      if (name === undefined || !from.names.includes(name)) return 'other';
      return first(to.holds, (held, index) =>
        this.of(
          from.holds[index] ?? ANY,
          held,
          `${path}${index === 0 && to.holds.length > 1 ? '.keys()' : '.values()'}`,
        ),
      );
    }
    return isOfPrimitive(from, to) ? undefined : 'other';
  }

  #object(from: Of<'object'>, to: Of<'object'>, path: string): Misfit | undefined {
    const ofMembers = first(to.members, ([name, member]) =>
      this.#member(from.members.get(name) ?? besides(from), member, path + memberText(name)),
    );
    if (ofMembers || to.rest === undefined) return ofMembers;
    const { rest } = to;
    const others = [...from.members].filter(([name]) => !to.members.has(name));
    return (
      first(others, ([name, member]) => this.of(member.shape, rest, path + memberText(name))) ??
      (from.rest && this.of(from.rest, rest, `${path}[…]`))
    );
  }

  #member(from: Member | undefined, to: Member, path: string): Misfit | undefined {
    const isMissing = from === undefined || from.isOptional;
    if (isMissing && !to.isOptional && this.of(UNDEFINED, to.shape, path) !== undefined)
      return {
        path,
        recorded: MISSING,
        expected: shapeText(to.shape),
      };
    return from && this.of(from.shape, to.isOptional ? orUndefined(to.shape) : to.shape, path);
  }

  #list(from: readonly Element[], to: readonly Element[], path: string): Misfit | undefined {
    const rest = to.find(({ isRest }) => isRest);
    const isOpen = from.some(({ isRest }) => isRest);
    const fixed = to.filter(({ isRest }) => !isRest);
    const ofFixed = first(fixed, (element, index) => {
      const given = from[index];
      const found = given?.isRest
        ? { ...given, isOptional: true }
        : (given ?? (isOpen ? optional(from) : undefined));
      return this.#member(found, element, `${path}[${index}]`);
    });
    if (ofFixed || rest === undefined) return ofFixed;
    return first(from, ({ shape: of, isRest }, index) =>
      isRest || index >= fixed.length
        ? this.of(of, rest.shape, `${path}[${isRest ? '…' : index}]`)
        : undefined,
    );
  }
}

const misfit = (recorded: Shape, expected: Shape, path: string): Misfit => ({
  path,
  recorded: shapeText(recorded),
  expected: shapeText(expected),
});

function first<T>(list: Iterable<T>, of: (one: T, index: number) => Misfit | undefined): Misfit | undefined {
  let index = 0;
  for (const one of list) {
    const found = of(one, index++);
    if (found) return found;
  }
  return undefined;
}

const optional = (elements: readonly Element[]): Member | undefined => {
  const rest = elements.find(({ isRest }) => isRest);
  return rest && { shape: rest.shape, isOptional: true };
};

const besides = ({ rest }: Of<'object'>): Member | undefined => rest && { shape: rest, isOptional: true };

const orUndefined = (of: Shape): Shape =>
  shape({ kind: 'union', of: [...(of.form.kind === 'union' ? of.form.of : [of]), UNDEFINED] });

/** What may be read of an array by names. */
function asObject({ elements }: Of<'list'>): Of<'object'> {
  const length: Member = { shape: shape({ kind: 'primitive', type: 'number' }), isOptional: false };
  const of = elements.map((one) => one.shape);
  return { kind: 'object', members: new Map([['length', length]]), rest: shape({ kind: 'union', of }) };
}

/** One object for each value of the first member that is one of several literals. */
function choicesOf({ members, rest }: Of<'object'>): readonly Shape[] | undefined {
  for (const [name, member] of members) {
    const values = literalsOf(member);
    if (values === undefined || values.length < 2 || values.length > MOST_CHOICES) continue;
    return values.map((one) =>
      shape({
        kind: 'object',
        members: new Map([...members, [name, { shape: one, isOptional: false }]]),
        rest,
      }),
    );
  }
  return undefined;
}

function literalsOf({ shape: { form }, isOptional }: Member): readonly Shape[] | undefined {
  const own =
    form.kind === 'primitive' && form.type === 'boolean'
      ? [true, false].map((value) => shape({ kind: 'literal', value }))
      : form.kind === 'union'
        ? form.of
        : [];
  if (own.length === 0 || !own.every((one) => one.form.kind === 'literal')) return undefined;
  return isOptional ? [...own, UNDEFINED] : own;
}

/** Whether a value without parts is always one of those that are expected. */
function isOfPrimitive(from: Form, to: Form): boolean {
  if (from.kind === 'literal') {
    if (to.kind === 'literal') return Object.is(from.value, to.value);
    if (to.kind === 'template')
      return typeof from.value === 'string' && new RegExp(to.pattern, 'u').test(from.value);
    return to.kind === 'primitive' && from.value !== null && typeof from.value === to.type;
  }
  if (from.kind === 'template')
    return (
      (to.kind === 'template' && to.pattern === from.pattern) ||
      (to.kind === 'primitive' && to.type === 'string')
    );
  return from.kind === 'primitive' && to.kind === 'primitive' && from.type === to.type;
}

const memberText = (name: string): string =>
  /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
