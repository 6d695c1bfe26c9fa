import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { isCarriedName } from '../check-types/builtin-values.ts';
import { lineage } from '../check-types/known-classes.ts';
import { ANY, type Element, type Form, type Member, NULL, type Shape, shape, UNDEFINED } from './shape.ts';

/** So many types are read for one result. What is further inside counts as unknown. */
const MOST_TYPES = 2_000;

/** Values of these have parts that the journal keeps in other forms. */
const OPEN = /^(RegExp(Match|Exec)Array|TemplateStringsArray|ArrayBuffer(Like|View))$/;

/** Makes shapes of the types of one program. */
export class ShapeReader {
  readonly #ts: TypeScript;
  readonly #checker: ts.TypeChecker;
  /** Any value may be null, and types don't say it. */
  readonly #isLoose: boolean;
  readonly #known = new Map<ts.Type, Shape>();
  /** Those that come next: the parts of a type come before the parts of its parts. */
  #open: (readonly [type: ts.Type, shape: Shape])[] = [];

  constructor(ts: TypeScript, program: ts.Program) {
    this.#ts = ts;
    this.#checker = program.getTypeChecker();
    const { strictNullChecks, strict = true } = program.getCompilerOptions();
    this.#isLoose = !(strictNullChecks ?? strict);
  }

  of(type: ts.Type): Shape {
    const found = this.#shell(type);
    for (let read = 0; this.#open.length > 0; ) {
      const now = this.#open;
      this.#open = [];
      for (const [inner, to] of now) {
        if (read++ < MOST_TYPES) to.form = this.#formOf(inner);
        else this.#known.delete(inner);
      }
    }
    return found;
  }

  /** Filled in later. */
  #shell(type: ts.Type): Shape {
    const known = this.#known.get(type);
    if (known) return known;
    const made = shape(ANY.form);
    this.#known.set(type, made);
    this.#open.push([type, made]);
    return made;
  }

  #formOf(type: ts.Type): Form {
    const form = this.#strictFormOf(type);
    return this.#isLoose && form.kind !== 'any' && form.kind !== 'void'
      ? { kind: 'union', of: [shape(form), NULL, UNDEFINED] }
      : form;
  }

  #strictFormOf(type: ts.Type): Form {
    const { TypeFlags } = this.#ts;
    const { flags } = type;
    if (flags & (TypeFlags.Any | TypeFlags.Unknown)) return ANY.form;
    if (flags & TypeFlags.Never) return { kind: 'union', of: [] };
    if (flags & TypeFlags.Void) return { kind: 'void' };
    if (flags & TypeFlags.Undefined) return UNDEFINED.form;
    if (flags & TypeFlags.Null) return NULL.form;
    if (flags & TypeFlags.Boolean) return { kind: 'primitive', type: 'boolean' };
    if (type.isUnion()) return { kind: 'union', of: type.types.map((one) => this.#shell(one)) };
    if (
      flags &
      (TypeFlags.StringLiteral | TypeFlags.NumberLiteral | TypeFlags.BigIntLiteral | TypeFlags.BooleanLiteral)
    )
      return this.#literal(type);
    if (flags & TypeFlags.TemplateLiteral) return this.#template(type as ts.TemplateLiteralType);
    if (flags & TypeFlags.StringLike) return { kind: 'primitive', type: 'string' };
    if (flags & TypeFlags.NumberLike) return { kind: 'primitive', type: 'number' };
    if (flags & TypeFlags.BigIntLike) return { kind: 'primitive', type: 'bigint' };
    if (flags & TypeFlags.ESSymbolLike) return { kind: 'primitive', type: 'symbol' };
    if (flags & TypeFlags.NonPrimitive) return { kind: 'object', members: new Map(), rest: undefined };
    if (type.isIntersection()) return this.#intersection(type);
    return flags & TypeFlags.Object ? this.#object(type) : ANY.form;
  }

  #literal(type: ts.Type): Form {
    const { flags } = type;
    if (flags & this.#ts.TypeFlags.BooleanLiteral) {
      const { intrinsicName, value } = type as { intrinsicName?: string; value?: unknown };
      const isTrue = intrinsicName === undefined ? value : intrinsicName === 'true';
      return typeof isTrue === 'boolean'
        ? { kind: 'literal', value: isTrue }
        : { kind: 'primitive', type: 'boolean' };
    }
    const { value } = type as ts.LiteralType;
    if (typeof value === 'object')
      return { kind: 'literal', value: BigInt(`${value.negative ? '-' : ''}${value.base10Value}`) };
    return { kind: 'literal', value };
  }

  /** Strings may be anywhere in it; numbers and others have no line breaks and no spaces. */
  #template({ texts, types = [] }: Partial<ts.TemplateLiteralType>): Form {
    if (texts?.length !== types.length + 1) return { kind: 'primitive', type: 'string' };
    const { StringLike } = this.#ts.TypeFlags;
    const holes = types.map(({ flags }) => (flags & StringLike ? '[^]*' : '\\S+'));
    const parts = texts.map(
      (text, index) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&') + (holes[index] ?? ''),
    );
    return { kind: 'template', pattern: `^${parts.join('')}$` };
  }

  #intersection(type: ts.IntersectionType): Form {
    const { Object: isObject, NonPrimitive } = this.#ts.TypeFlags;
    // `string & { readonly brand: 'id' }` is a string.
    const plain = type.types.find(({ flags }) => !(flags & (isObject | NonPrimitive)));
    if (plain) return this.#strictFormOf(plain);
    const special = type.types.find((one) => this.#specialForm(one) !== undefined);
    return (special && this.#specialForm(special)) ?? this.#members(type);
  }

  #object(type: ts.Type): Form {
    return this.#specialForm(type) ?? this.#members(type);
  }

  /** Of what isn't a plain object. */
  #specialForm(type: ts.Type): Form | undefined {
    const checker = this.#checker;
    if (type.getCallSignatures().length + type.getConstructSignatures().length > 0) return ANY.form;
    if (checker.isTupleType(type) || checker.isArrayType(type)) return this.#list(type as ts.TypeReference);
    const { symbol } = type;
    if (!isCarriedName(symbol, checker) || /^(Error|Object)$/.test(symbol.name)) return undefined;
    if (OPEN.test(symbol.name)) return ANY.form;
    const names = lineage(checker, type).map(({ name }) => name.replace(/^Readonly(?=Map$|Set$)/, ''));
    const holds = /^(Map|Set)$/.test(names[0] ?? '')
      ? checker.getTypeArguments(type as ts.TypeReference).map((one) => this.#shell(one))
      : [];
    return { kind: 'builtin', names, holds };
  }

  #list(type: ts.TypeReference): Form {
    const { ElementFlags } = this.#ts;
    const flags = this.#checker.isTupleType(type) ? (type.target as ts.TupleType).elementFlags : [];
    const elements = this.#checker.getTypeArguments(type).map((one, index): Element => {
      const flag = flags[index] ?? ElementFlags.Rest;
      return {
        shape: this.#shell(one),
        isOptional: (flag & ElementFlags.Optional) !== 0,
        isRest: (flag & ElementFlags.Variable) !== 0,
      };
    });
    return { kind: 'list', elements };
  }

  #members(type: ts.Type): Form {
    const { SymbolFlags } = this.#ts;
    const checker = this.#checker;
    const members = new Map<string, Member>();
    for (const property of checker.getPropertiesOfType(type)) {
      // Methods and accessors are no data; properties under symbols brand types, and private ones are for the class.
      if (
        property.flags & (SymbolFlags.Method | SymbolFlags.Accessor) ||
        /^__[@#]/.test(property.escapedName as string)
      )
        continue;
      const of = checker.getTypeOfSymbol(property);
      if (this.#isFunction(of)) continue;
      const isOptional = (property.flags & SymbolFlags.Optional) !== 0;
      members.set(property.name, { shape: this.#shell(of), isOptional });
    }
    const rest = checker.getIndexInfosOfType(type)[0]?.type;
    return { kind: 'object', members, rest: rest && this.#shell(rest) };
  }

  /** Also one that may be missing. */
  #isFunction(type: ts.Type): boolean {
    const { Undefined, Null } = this.#ts.TypeFlags;
    const all = (type.isUnion() ? type.types : [type]).filter(({ flags }) => !(flags & (Undefined | Null)));
    return (
      all.length > 0 &&
      all.every((one) => one.getCallSignatures().length + one.getConstructSignatures().length > 0)
    );
  }
}
