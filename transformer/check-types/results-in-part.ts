import type ts from 'typescript';
import { at, CarriedTypes, type Refusal, step, withArticle } from './carried-types.ts';
import { placeOf } from './places.ts';

/** What has more than data: it is awaited, has a position, is the end of a connection, or must be closed. */
const ALIVE: readonly (readonly string[])[] = [
  ['then'],
  ['next'],
  ['pipe'],
  ['getReader'],
  ['unref'],
  ['on', 'emit'],
  ['addEventListener', 'dispatchEvent'],
  ['__@asyncIterator'],
  ['__@asyncDispose'],
  ['__@dispose'],
];

/**
 * Which types of results of steps come back at least in part (see `runtime/values/survey.ts`): of an instance of a class
 * that nobody registered its data does. What is refused is what would come back as an empty shell.
 */
export class ResultsInPart extends CarriedTypes {
  /** An instance of such a class was seen, so that functions beside it are left out as well. */
  private foreign = false;
  private readonly foreignTypes = new Set<ts.Type>();

  override refusalOf(type: ts.Type): Refusal | undefined {
    this.foreign = false;
    const refusal = super.refusalOf(type);
    return this.foreign && refusal?.beside ? undefined : refusal;
  }

  protected override visit(type: ts.Type, depth: number): Refusal | undefined {
    const outer = this.foreign;
    this.foreign = false;
    const refusal = super.visit(type, depth);
    // What is known of a type already isn't looked at again.
    if (this.foreign) this.foreignTypes.add(type);
    this.foreign = outer || this.foreignTypes.has(type);
    return refusal;
  }

  /** Whether a value is left out of what it is part of, whatever that is. */
  leavesOut(type: ts.Type): Refusal | undefined {
    const refusal = this.refusalOf(type);
    return refusal?.certain && refusal.path === '' && refusal.kind !== 'promise' ? refusal : undefined;
  }

  protected override instance(type: ts.Type, depth: number): Refusal | undefined {
    const { symbol } = type;
    const place = placeOf(symbol);
    if (symbol === undefined || place === 'sibling') return undefined;
    if (this.isAlive(type)) return this.refused(type, true);
    if (!this.isClass(type)) return undefined;
    // A value of the language whose contents are no properties.
    if (place === 'library' && symbol.flags & this.ts.SymbolFlags.Variable) return this.refused(type, true);
    if (this.extendsCollection(type)) return this.refused(type, place !== 'package');
    this.foreign = true;
    const data = this.dataOf(type);
    const faults = data.map((property) => this.visit(this.checker.getTypeOfSymbol(property), depth));
    const holdsPromise = faults.some((fault) => fault?.kind === 'promise' && fault.path === '');
    const isEmpty = data.length === 0 && !this.mayBeShape(type);
    if (holdsPromise || isEmpty || (data.length > 0 && faults.every((fault) => this.isLeftOut(fault))))
      return this.refused(type, place !== 'package');
    return undefined;
  }

  /** What is left out of a plain object; it is refused if that is all that it has. */
  protected override members(type: ts.Type, depth: number): Refusal | undefined {
    // The members of a class were looked at.
    if (this.isClass(type) && placeOf(type.symbol) !== 'sibling') return undefined;
    const whole = super.members(type, depth);
    if (
      whole === undefined ||
      whole.kind === 'promise' ||
      whole.what === withArticle(type.symbol?.name ?? '')
    )
      return whole;
    const data = this.dataOf(type);
    const faults = data.map((property) => this.visit(this.checker.getTypeOfSymbol(property), depth));
    const mayBeInstance = placeOf(type.symbol) !== 'own' || this.isImplemented(type.symbol);
    const promise = faults.findIndex((fault) => fault?.kind === 'promise' && fault.certain);
    if (promise >= 0 && mayBeInstance && this.methodsOf(type).length > 0) return this.refused(type, false);
    if (promise >= 0) return at(step(data[promise]!.name), faults[promise]!, true);
    if (data.length === 0 || faults.every((fault) => this.isLeftOut(fault))) return whole;
    if (whole.kind === 'instance' || whole.kind === 'resource') this.foreign = true;
    if (mayBeInstance && this.methodsOf(type).length > 0) this.foreign = true;
    return { ...whole, beside: true };
  }

  private isLeftOut(fault: Refusal | undefined): boolean {
    return fault?.certain === true && !fault.beside;
  }

  private refused({ symbol }: ts.Type, certain: boolean): Refusal {
    const kind =
      symbol.name === 'Promise' ? 'promise' : placeOf(symbol) === 'library' ? 'resource' : 'instance';
    return { path: '', what: withArticle(symbol.name), kind, certain };
  }

  private isAlive(type: ts.Type): boolean {
    const names = new Set(
      type
        .getProperties()
        .filter((property) => this.isMethod(property) && !(property.flags & this.ts.SymbolFlags.Optional))
        .map(({ name }) => name.replace(/^(__@\w+)@.*$/, '$1')),
    );
    const isAlive = ALIVE.some((all) => all.every((name) => names.has(name)));
    return isAlive && !this.classes.offers([...names]);
  }

  /** A class with nothing but what it inherits may stand for any plain object: `class Empty {}`. */
  private mayBeShape(type: ts.Type): boolean {
    return type.getProperties().length === 0 && !this.hasPrivateName(type);
  }

  private hasPrivateName({ symbol }: ts.Type): boolean {
    const { ts } = this;
    return (symbol.declarations ?? []).some(
      (declaration) =>
        ts.isClassLike(declaration) &&
        declaration.members.some(({ name }) => name !== undefined && ts.isPrivateIdentifier(name)),
    );
  }

  /** Properties that an instance has, private ones of TypeScript too, and getters. */
  private dataOf(type: ts.Type): ts.Symbol[] {
    return type
      .getProperties()
      .filter((property) => !/^__@|#/.test(property.name))
      .filter((property) => !this.isMethod(property));
  }

  private methodsOf(type: ts.Type): ts.Symbol[] {
    return type.getProperties().filter((property) => this.isMethod(property));
  }

  private isMethod(property: ts.Symbol): boolean {
    if (property.flags & this.ts.SymbolFlags.Method) return true;
    return this.checker.getTypeOfSymbol(property).getCallSignatures().length > 0;
  }

  private extendsCollection(type: ts.Type): boolean {
    const { checker } = this;
    const bases = type.isClassOrInterface() ? checker.getBaseTypes(type) : (type.getBaseTypes?.() ?? []);
    return bases.some(
      (base) =>
        (placeOf(base.symbol) === 'library' &&
          (base.symbol.flags & this.ts.SymbolFlags.Variable) !== 0 &&
          !/^(Array|Object|Error)$/.test(base.symbol.name)) ||
        this.extendsCollection(base),
    );
  }

  /** Whether a class of the program says that it implements an interface. */
  private isImplemented(symbol: ts.Symbol | undefined): boolean {
    return symbol !== undefined && symbol.name !== '__type' && this.classes.implement(symbol.name);
  }
}
