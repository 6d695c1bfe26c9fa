import type ts from 'typescript';
import { mayHoldDirective } from '../base/may-concern.ts';
import type { TypeScript } from '../base/typescript.ts';
import { originalSymbol, placeOf } from './places.ts';

/**
 * The classes whose instances the codec accepts: those that are passed to `registerClass` anywhere in the program, those with
 * an encoding of their own, and those that the file of a durable function names in an `instanceof`.
 */
export class KnownClasses {
  private readonly ts: TypeScript;
  private readonly program: ts.Program;
  private readonly checker: ts.TypeChecker;
  private found: Found | undefined;
  private implemented: ReadonlySet<string> | undefined;

  constructor(ts: TypeScript, program: ts.Program, checker: ts.TypeChecker) {
    this.ts = ts;
    this.program = program;
    this.checker = checker;
  }

  /** Whether instances of a class, or of a class that extends it, are accepted. */
  has(type: ts.Type): boolean {
    const { anything, classes } = this.all();
    if (anything || this.encodesItself(type)) return true;
    const own = lineage(this.checker, type);
    if (own.some(isOfKnownPackage)) return true;
    // A known base class covers the classes that extend it, and a value may be an instance of a known derived class.
    if (own.some((symbol) => classes.has(symbol))) return true;
    const [symbol] = own;
    return symbol !== undefined && [...classes.values()].some((bases) => bases.includes(symbol));
  }

  /** Whether an interface with these members could refer to an instance of a known class. */
  offers(members: readonly string[]): boolean {
    const { anything, classes } = this.all();
    if (anything) return true;
    return [...classes].some(([symbol, bases]) =>
      members.every((name) => [symbol, ...bases].some((one) => one.members?.has(name as ts.__String))),
    );
  }

  /** Whether a class of the program is declared to implement an interface of this name. */
  implement(name: string): boolean {
    this.implemented ??= new Set(
      this.program
        .getSourceFiles()
        .filter((file) => !file.isDeclarationFile)
        .flatMap((file) => [...file.text.matchAll(/\bimplements\s+([^{]*)\{/g)])
        .flatMap(([, names = '']) => names.match(/[\w$]+/g) ?? []),
    );
    return this.implemented.has(name);
  }

  private all(): Found {
    this.found ??= this.collect();
    return this.found;
  }

  private collect(): Found {
    const { ts, checker } = this;
    const classes = new Map<ts.Symbol, readonly ts.Symbol[]>();
    let anything = false;
    const add = (type: ts.Type): void => {
      const [symbol, ...bases] = lineage(checker, type);
      if (symbol) classes.set(symbol, bases);
    };
    for (const file of this.program.getSourceFiles()) {
      if (file.isDeclarationFile) continue;
      for (const name of this.wordsIn(file, registrations(file.text))) {
        const callee = ts.isPropertyAccessExpression(name.parent) ? name.parent : name;
        const call = callee.parent;
        const [first] = ts.isCallExpression(call) && call.expression === callee ? call.arguments : [];
        if (!first) continue;
        const types = instancesOf(checker, first);
        // The argument is a variable that may hold any class, so the registered classes are not known.
        if (types.length === 0) anything = true;
        types.forEach(add);
      }
      if (!mayHoldDirective(file.text)) continue;
      for (const { parent } of this.wordsIn(file, /\binstanceof\b/g)) {
        if (!ts.isBinaryExpression(parent)) continue;
        const symbol = originalSymbol(ts, checker, parent.right);
        if (symbol && symbol.flags & ts.SymbolFlags.Class) add(checker.getDeclaredTypeOfSymbol(symbol));
      }
    }
    return { anything, classes };
  }

  /** The nodes at which certain words occur. A search in the text is much faster than a walk through the tree. */
  private wordsIn(file: ts.SourceFile, words: RegExp): ts.Node[] {
    const { ts } = this;
    return [...file.text.matchAll(words)].flatMap(({ index }) => {
      let at: ts.Node | undefined = file;
      while (at && at.getStart(file) !== index) {
        at = ts.forEachChild(at, (child) => (child.pos <= index && index < child.end ? child : undefined));
      }
      // Several nodes may begin with the word: `known(...)` is a call, then a name.
      for (let inner = at; inner; ) {
        at = inner;
        inner = ts.forEachChild(inner, (child) => (child.getStart(file) === index ? child : undefined));
      }
      return at ? [at] : [];
    });
  }

  /** With a method under a symbol of its own, such as `Symbol.for('use-durable.encode')`. */
  private encodesItself(type: ts.Type): boolean {
    const { ts, checker } = this;
    return lineage(checker, type).some(
      (symbol) =>
        placeOf(symbol) !== 'library' &&
        symbol.declarations?.some(
          (declaration) => ts.isClassLike(declaration) && declaration.members.some(isOwnSymbol),
        ),
    );

    function isOwnSymbol(member: ts.ClassElement): boolean {
      if (!ts.isMethodDeclaration(member) || !ts.isComputedPropertyName(member.name)) return false;
      const isStatic = ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static;
      return !isStatic && !/^Symbol\.\w+$/.test(member.name.expression.getText());
    }
  }
}

/** The packages whose classes the runtime knows (see `runtime/values/package-classes.ts`). */
const isOfKnownPackage = (symbol: ts.Symbol): boolean =>
  /\/node_modules\/(bson|dayjs)\//.test(symbol.declarations?.[0]?.getSourceFile().fileName ?? '');

interface Found {
  readonly anything: boolean;
  /** Each class with its base classes. */
  readonly classes: ReadonlyMap<ts.Symbol, readonly ts.Symbol[]>;
}

/** Calls of `registerClass`, which may be imported under another name. */
function registrations(text: string): RegExp {
  const names = [
    'registerClass',
    ...[...text.matchAll(/\bregisterClass\s+as\s+([\w$]+)/g)].map(([, name]) => name),
  ];
  return new RegExp(`\\b(${names.join('|').replaceAll('$', '\\$')})(?=\\s*[<(])`, 'g');
}

/** The types of instances of a class that is passed as a value; none if the class isn't known. */
function instancesOf(checker: ts.TypeChecker, expression: ts.Expression): ts.Type[] {
  const type = checker.getTypeAtLocation(expression);
  return (type.isUnion() ? type.types : [type]).flatMap((one) => {
    const prototype = one.getProperty('prototype');
    const instance = prototype && checker.getTypeOfSymbolAtLocation(prototype, expression);
    return instance?.symbol ? [instance] : [];
  });
}

/** The symbol of a class or interface, then those of all its base types. */
export function lineage(checker: ts.TypeChecker, type: ts.Type): ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const add = (one: ts.Type): void => {
    const { symbol } = one;
    if (!symbol || found.includes(symbol)) return;
    found.push(symbol);
    const declared = checker.getDeclaredTypeOfSymbol(symbol);
    if (declared.isClassOrInterface()) for (const base of checker.getBaseTypes(declared)) add(base);
    else if (one.isIntersection()) one.types.forEach(add);
  };
  if (type.isIntersection()) type.types.forEach(add);
  else add(type);
  return found;
}

/** A promise of the language, or a union with one. Query builders with a `then` start nothing before they are awaited. */
export function mayBePromise(checker: ts.TypeChecker, type: ts.Type): boolean {
  return (type.isUnion() ? type.types : [type]).some((one) =>
    lineage(checker, one).some((symbol) => symbol.name === 'Promise' && placeOf(symbol) === 'library'),
  );
}
