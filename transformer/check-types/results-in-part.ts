import type ts from 'typescript';
import { at, CarriedTypes, type Refusal, step, withArticle } from './carried-types.ts';
import { placeOf } from './places.ts';

/** Objects that are more than data: they are awaited, have a position, belong to a connection, or must be closed. */
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

const ANSWER = ['body', 'statusCode', 'readableEnded'];

/**
 * Which types of results of steps are kept at least in part (see `runtime/values/survey.ts`): the data of an instance of a
 * class that is not registered is kept. Results of which only an empty object would be left are refused.
 */
export class ResultsInPart extends CarriedTypes {
  /** The type contains an instance of such a class, so functions next to it are left out as well. */
  private foreign = false;
  private readonly foreignTypes = new Set<ts.Type>();

  override refusalOf(type: ts.Type): Refusal | undefined {
    this.foreign = false;
    const refusal = super.refusalOf(type);
    return this.foreign && refusal?.beside ? undefined : refusal;
  }

  protected override visit(type: ts.Type, depth: number): Refusal | undefined {
    if (this.isReadAnswer(type)) {
      this.foreign = true;
      return undefined;
    }
    const outer = this.foreign;
    this.foreign = false;
    const refusal = super.visit(type, depth);
    // Types with a known result are not visited again.
    if (this.foreign) this.foreignTypes.add(type);
    this.foreign = outer || this.foreignTypes.has(type);
    return refusal;
  }

  /** Whether a value is always left out of the object that contains it. */
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
    // A value of the language whose contents are not properties.
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

  /** The parts of a plain object that are left out. If it has no others, it is refused. */
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

  /** An answer of HTTP beside its body, as of got: a stream that has nothing more to give. */
  private isReadAnswer(type: ts.Type): boolean {
    return type.isIntersection() && ANSWER.every((name) => type.getProperty(name) !== undefined);
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

  /** A class that has only inherited members may describe any plain object: `class Empty {}`. */
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

  /** Properties of an instance, private ones of TypeScript and getters included. */
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

  /** Whether a class of the program is declared to implement an interface. */
  private isImplemented(symbol: ts.Symbol | undefined): boolean {
    return symbol !== undefined && symbol.name !== '__type' && this.classes.implement(symbol.name);
  }
}
