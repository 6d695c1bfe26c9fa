import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { isCarriedName, offersMembers } from './builtin-values.ts';
import { type KnownClasses, lineage } from './known-classes.ts';
import { isDurableDeclaration, placeOf } from './places.ts';

/** Why the journal can't hold values of a type. */
export interface Refusal {
  /** Below the value: `.user.socket`. */
  readonly path: string;
  /** "a Socket", "a function". */
  readonly what: string;
  readonly kind: 'function' | 'symbol' | 'promise' | 'instance' | 'resource';
  /** Each value of the type is refused. Otherwise only some are. */
  readonly certain: boolean;
  /** In a result: it is next to data, and only it is left out if the result contains an instance of a class. */
  readonly beside?: true;
}

/** Limits for one value. Types beyond them count as accepted. */
const MAX_DEPTH = 8;
const MAX_TYPES = 500;
/** Unions and objects with more members than this are generated data. */
const MAX_MEMBERS = 100;

/**
 * Which types of values the codec accepts. A type says less than a value. If it leaves the value open, it counts as accepted,
 * since a false alarm would stop a correct build.
 */
export class CarriedTypes {
  protected readonly ts: TypeScript;
  protected readonly checker: ts.TypeChecker;
  protected readonly classes: KnownClasses;
  private readonly known = new Map<ts.Type, Refusal | undefined>();
  private readonly open = new Set<ts.Type>();
  private left = 0;
  /** A type was skipped because of the limits, so the result must not be cached. */
  private cut = false;

  constructor(ts: TypeScript, checker: ts.TypeChecker, classes: KnownClasses) {
    this.ts = ts;
    this.checker = checker;
    this.classes = classes;
  }

  /** Undefined for a type that is accepted, as far as types show. */
  refusalOf(type: ts.Type): Refusal | undefined {
    this.left = MAX_TYPES;
    this.cut = false;
    return this.visit(type, 0);
  }

  protected visit(type: ts.Type, depth: number): Refusal | undefined {
    const { TypeFlags } = this.ts;
    if (type.flags & TypeFlags.ESSymbol) return { path: '', what: 'a symbol', kind: 'symbol', certain: true };
    // Besides primitives: `any`, type parameters, deferred types. Unique symbols brand types that are only names.
    if (!(type.flags & (TypeFlags.Object | TypeFlags.UnionOrIntersection))) return undefined;
    if (type.flags & (TypeFlags.BooleanLike | TypeFlags.EnumLike)) return undefined;
    if (this.known.has(type)) return this.known.get(type);
    if (this.open.has(type) || depth > MAX_DEPTH || this.left-- <= 0) {
      this.cut = true;
      return undefined;
    }
    this.open.add(type);
    const outer = this.cut;
    this.cut = false;
    const refusal = this.look(type, depth + 1);
    if (!this.cut || refusal?.certain) this.known.set(type, refusal);
    this.cut ||= outer;
    this.open.delete(type);
    return refusal;
  }

  private look(type: ts.Type, depth: number): Refusal | undefined {
    if (type.isUnion()) return this.union(type.types, depth);
    if (type.isIntersection()) return this.intersection(type, depth);
    const { checker } = this;
    if (checker.isArrayType(type) || checker.isTupleType(type)) return this.elements(type, depth);
    if (isCarriedName(type.symbol, checker)) return this.held(type, depth);
    const callable = this.callable(type);
    if (callable || this.isKnown(type)) return callable;
    return this.instance(type, depth) ?? this.members(type, depth);
  }

  private union(types: readonly ts.Type[], depth: number): Refusal | undefined {
    if (types.length > MAX_MEMBERS) return undefined;
    const { TypeFlags } = this.ts;
    const solid = types.filter(
      ({ flags }) => !(flags & (TypeFlags.Undefined | TypeFlags.Null | TypeFlags.Void)),
    );
    const refusals = solid.map((type) => this.visit(type, depth));
    const refused = refusals.filter((refusal) => refusal !== undefined);
    const [first] = refused;
    if (!first) return undefined;
    const all = refused.length === types.length;
    if (all && refused.every(({ certain }) => certain)) return first;
    // `onDone: (() => void) | undefined`: an option that may be left out.
    if (solid.length < types.length && refused.every(({ kind }) => kind === 'function')) return undefined;
    return { ...first, certain: false };
  }

  private intersection(type: ts.IntersectionType, depth: number): Refusal | undefined {
    const { checker } = this;
    const objects = type.types.filter(({ flags }) => flags & this.ts.TypeFlags.Object);
    // `string & { readonly brand: 'id' }`, and collections with properties of their own.
    if (objects.length < type.types.length) return undefined;
    if (
      objects.some(
        (one) => checker.isArrayType(one) || checker.isTupleType(one) || isCarriedName(one.symbol, checker),
      )
    )
      return undefined;
    for (const one of objects) {
      if (this.isKnown(one)) return undefined;
      const refusal = this.callable(one) ?? this.instance(one, depth);
      if (refusal) return refusal;
    }
    return this.members(type, depth);
  }

  private elements(type: ts.Type, depth: number): Refusal | undefined {
    const { checker, ts } = this;
    const reference = type as ts.TypeReference;
    const flags = checker.isTupleType(type) ? (reference.target as ts.TupleType).elementFlags : [];
    for (const [index, element] of checker.getTypeArguments(reference).entries()) {
      const refusal = this.visit(element, depth);
      const flag = flags[index] ?? ts.ElementFlags.Rest;
      const path = flag & ts.ElementFlags.Variable ? '[]' : `[${index}]`;
      if (refusal) return at(path, refusal, !(flag & ts.ElementFlags.Optional));
    }
    return undefined;
  }

  /** The contents of a Map or a Set. */
  private held(type: ts.Type, depth: number): Refusal | undefined {
    const { name } = type.symbol;
    if (!/^(Readonly)?(Map|Set)$/.test(name)) return undefined;
    const [first, second] = this.checker.getTypeArguments(type as ts.TypeReference);
    const key = first && this.visit(first, depth);
    if (key) return at(second ? '.keys()' : '.values()', key, true);
    const value = second && this.visit(second, depth);
    return value && at('.values()', value, true);
  }

  protected callable(type: ts.Type): Refusal | undefined {
    const { ts, checker } = this;
    const { symbol } = type;
    const refused = (what: string, certain: boolean): Refusal => ({
      path: '',
      what,
      kind: 'function',
      certain,
    });
    if (placeOf(symbol) === 'library' && /^(Callable|New)?Function$/.test(symbol?.name ?? ''))
      return refused('a function', true);
    if (type.getConstructSignatures().length > 0) return refused('a class', true);
    const signatures = type.getCallSignatures();
    if (signatures.length === 0) return undefined;
    if (signatures.some(({ declaration }) => isDurableDeclaration(ts, declaration))) return undefined;
    // A function that returns a promise may be a durable function, which is written by its id.
    const async = signatures.every((signature) => {
      const result = checker.getReturnTypeOfSignature(signature);
      return result.getProperty('then') !== undefined || (result.flags & ts.TypeFlags.Any) !== 0;
    });
    return refused('a function', !async);
  }

  /** An error, which is accepted whatever its class is, or an instance of a class that the codec knows. */
  private isKnown(type: ts.Type): boolean {
    const isError = lineage(this.checker, type).some(
      (symbol) => symbol.name === 'Error' && placeOf(symbol) === 'library',
    );
    return isError || (this.isClass(type) && this.classes.has(type));
  }

  protected isClass({ symbol }: ts.Type): boolean {
    const { Class, Variable } = this.ts.SymbolFlags;
    return (
      symbol !== undefined &&
      (symbol.flags & (placeOf(symbol) === 'library' ? Class | Variable : Class)) !== 0
    );
  }

  /** An instance of a class that the codec doesn't know. */
  protected instance(type: ts.Type, _depth: number): Refusal | undefined {
    const { symbol } = type;
    const place = placeOf(symbol);
    if (!this.isClass(type) || place === 'sibling') return undefined;
    const hidden = this.hasHiddenParts(type);
    // A class that has only public data may also describe plain objects.
    if (!hidden && !(place === 'own' && this.isConstructed(symbol))) return undefined;
    const kind = symbol.name === 'Promise' ? 'promise' : place === 'library' ? 'resource' : 'instance';
    return { path: '', what: withArticle(symbol.name), kind, certain: hidden && place !== 'package' };
  }

  /** Methods, accessors and private members: plain objects of the same shape would not have them. */
  private hasHiddenParts(type: ts.Type): boolean {
    const { ts } = this;
    const { SymbolFlags, ModifierFlags } = ts;
    return type.getProperties().some((property) => {
      if (property.flags & SymbolFlags.Optional || property.name.startsWith('__@')) return false;
      if (property.flags & (SymbolFlags.Method | SymbolFlags.Accessor)) return true;
      return property.declarations?.some(
        (declaration) =>
          ts.getCombinedModifierFlags(declaration) & (ModifierFlags.Private | ModifierFlags.Protected) ||
          (ts.isPropertyDeclaration(declaration) && ts.isPrivateIdentifier(declaration.name)),
      );
    });
  }

  private isConstructed(symbol: ts.Symbol): boolean {
    const { ts } = this;
    return (symbol.declarations ?? []).some(
      (declaration) =>
        ts.isClassLike(declaration) &&
        declaration.members.some(
          (member) => ts.isConstructorDeclaration(member) && member.parameters.length > 0,
        ),
    );
  }

  protected members(type: ts.Type, depth: number): Refusal | undefined {
    const { ts, checker } = this;
    const place = placeOf(type.symbol);
    const properties = type.getProperties();
    if (properties.length > MAX_MEMBERS) return undefined;
    const methods: string[] = [];
    let first: Refusal | undefined;
    for (const property of properties) {
      const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      // Properties under symbols brand types that are only names. Of methods, those of iterators count.
      if (property.name.startsWith('__@') && !/^__@asyncIterator@/.test(property.name)) continue;
      const refusal = this.visit(checker.getTypeOfSymbol(property), depth);
      if (!refusal) continue;
      const isFunction = refusal.kind === 'function' && refusal.path === '';
      if (isFunction && (optional || place === 'sibling')) continue;
      if (isFunction) methods.push(property.name);
      const found = at(step(property.name), refusal, !optional && !(isFunction && place === 'package'));
      if (!first || (found.certain && !first.certain)) first = found;
    }
    const literal = type.symbol?.declarations?.every((one) => ts.isObjectLiteralExpression(one)) ?? false;
    if (methods.length > 0 && !literal) {
      // An interface to which an accepted value may belong: `{ toISOString(): string }`.
      const others = properties.filter(
        ({ name, flags }) =>
          !(flags & ts.SymbolFlags.Optional) && !name.startsWith('__@') && !methods.includes(name),
      );
      const data = others.map(({ name }) => name);
      if (offersMembers(methods, data) || this.classes.offers([...methods, ...data])) return undefined;
      if (place === 'library')
        return { path: '', what: withArticle(type.symbol.name), kind: 'resource', certain: true };
    }
    return first ?? this.entries(type, depth);
  }

  /** The values of a record, which may be empty. */
  private entries(type: ts.Type, depth: number): Refusal | undefined {
    for (const info of this.checker.getIndexInfosOfType(type)) {
      const refusal = this.visit(info.type, depth);
      if (refusal) return at('[…]', refusal, false);
    }
    return undefined;
  }
}

export const at = (path: string, refusal: Refusal, certain: boolean): Refusal => ({
  ...refusal,
  path: path + refusal.path,
  certain: certain && refusal.certain,
});

export function withArticle(name: string): string {
  if (/^(__|default$)/.test(name)) return 'an instance of a class';
  return `${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name}`;
}

export function step(name: string): string {
  if (name.startsWith('__@')) return `[Symbol.${/^__@(\w+)@/.exec(name)?.[1]}]`;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}
