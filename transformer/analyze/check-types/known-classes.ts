import type ts from 'typescript';
import type { TypeScript } from '../../typescript.ts';
import { mayHoldDirective } from '../directive-text.ts';
import { unwrap, walk } from '../syntax.ts';
import { originalSymbol, placeOf } from './places.ts';

/**
 * The classes whose instances the codec carries: those given to `registerClass` anywhere in the program, those with
 * an encoding of their own, and those that the file of a durable function names in an `instanceof`.
 */
export class KnownClasses {
  private readonly ts: TypeScript;
  private readonly program: ts.Program;
  private readonly checker: ts.TypeChecker;
  private found: Found | undefined;

  constructor(ts: TypeScript, program: ts.Program, checker: ts.TypeChecker) {
    this.ts = ts;
    this.program = program;
    this.checker = checker;
  }

  /** Whether instances of a class, or of a class that extends it, are carried. */
  has(type: ts.Type): boolean {
    const { anything, classes } = this.all();
    if (anything || this.encodesItself(type)) return true;
    const own = lineage(this.checker, type);
    // A known base class carries the instances of classes that extend it, and a value may be of a known derived one.
    if (own.some((symbol) => classes.has(symbol))) return true;
    const [symbol] = own;
    return symbol !== undefined && [...classes.values()].some((bases) => bases.includes(symbol));
  }

  /** Whether an instance of a known class could be meant by an interface with these members. */
  offers(members: readonly string[]): boolean {
    const { anything, classes } = this.all();
    if (anything) return true;
    return [...classes.keys()].some((symbol) => members.every((name) => symbol.members?.has(name as never)));
  }

  private all(): Found {
    this.found ??= this.collect();
    return this.found;
  }

  private collect(): Found {
    const { ts, checker } = this;
    const classes = new Map<ts.Symbol, readonly ts.Symbol[]>();
    let anything = false;
    const add = (expression: ts.Expression): void => {
      const types = instancesOf(checker, expression);
      // Given by a variable that may hold any class: then it can't be told which are known.
      if (types.length === 0) anything = true;
      for (const type of types) {
        const [symbol, ...bases] = lineage(checker, type);
        if (symbol) classes.set(symbol, bases);
      }
    };
    for (const file of this.program.getSourceFiles()) {
      if (file.isDeclarationFile) continue;
      const durable = mayHoldDirective(file.text) && file.text.includes('instanceof');
      if (!durable && !file.text.includes('registerClass')) continue;
      walk(ts, file, (node) => {
        if (ts.isCallExpression(node)) {
          const callee = unwrap(ts, node.expression);
          const name = ts.isPropertyAccessExpression(callee) ? callee.name : callee;
          const [first] = node.arguments;
          if (first && ts.isIdentifier(name) && /^registerClass$/.test(importedName(name))) add(first);
        } else if (
          durable &&
          ts.isBinaryExpression(node) &&
          node.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword
        ) {
          const symbol = originalSymbol(ts, checker, node.right);
          if (symbol && symbol.flags & ts.SymbolFlags.Class)
            classes.set(symbol, lineage(checker, checker.getDeclaredTypeOfSymbol(symbol)).slice(1));
        }
      });
    }
    return { anything, classes };

    /** What a name was called where it came from: `import { registerClass as register }`. */
    function importedName(name: ts.Identifier): string {
      const [declaration] = checker.getSymbolAtLocation(name)?.declarations ?? [];
      if (declaration && ts.isImportSpecifier(declaration))
        return (declaration.propertyName ?? declaration.name).text;
      return name.text;
    }
  }

  /** With a method under a symbol of its own, as `Symbol.for('use-durable.encode')` is. */
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

interface Found {
  readonly anything: boolean;
  /** Each with the classes that it extends. */
  readonly classes: ReadonlyMap<ts.Symbol, readonly ts.Symbol[]>;
}

/** The types of what `new` would make of a class that is given as a value; none where the class isn't known. */
function instancesOf(checker: ts.TypeChecker, expression: ts.Expression): ts.Type[] {
  const type = checker.getTypeAtLocation(expression);
  return (type.isUnion() ? type.types : [type]).flatMap((one) => {
    const prototype = one.getProperty('prototype');
    const instance = prototype && checker.getTypeOfSymbolAtLocation(prototype, expression);
    return instance?.symbol ? [instance] : [];
  });
}

/** The symbol of a class or interface, then those of all that it extends. */
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

/** A promise of the language, or a union with one: query builders with a `then` start nothing before they are awaited. */
export function mayBePromise(checker: ts.TypeChecker, type: ts.Type): boolean {
  return (type.isUnion() ? type.types : [type]).some((one) =>
    lineage(checker, one).some((symbol) => symbol.name === 'Promise' && placeOf(symbol) === 'library'),
  );
}
