import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { type FunctionNode, isFunctionNode } from '../syntax/nodes.ts';

/**
 * Where a type is declared:
 * - `own`: in a source of the program, where all classes can be seen;
 * - `library`: by the language or by Node;
 * - `package`: in an installed package, which could register its classes itself;
 * - `sibling`: in another declaration file, such as one of another project of the same repository, which probably registers
 *   them.
 */
export type Place = 'own' | 'library' | 'package' | 'sibling';

const LIBRARY = /(\/lib\.[\w.]+\.d\.ts|\/node_modules\/(@types\/node|undici-types)\/.*)$/;

export function placeOf(symbol: ts.Symbol | undefined): Place {
  const file = symbol?.declarations?.[0]?.getSourceFile();
  if (!file) return 'own';
  if (LIBRARY.test(file.fileName)) return 'library';
  if (file.fileName.includes('/node_modules/')) return 'package';
  return file.isDeclarationFile ? 'sibling' : 'own';
}

/** Whether a declaration is a durable function: as a value it is written by its id, and its calls are not steps. */
export function isDurableDeclaration(ts: TypeScript, called: ts.Node | undefined): boolean {
  const declaration = called && implementationOf(ts, called);
  const body = declaration?.body;
  if (body === undefined) return false;
  const lists = [called!.getSourceFile().statements, ts.isBlock(body) ? body.statements : []];
  return lists.some((statements) => {
    for (const statement of statements) {
      if (!ts.isExpressionStatement(statement) || !ts.isStringLiteral(statement.expression)) return false;
      if (/^use durable( as |$)/.test(statement.expression.text)) return true;
    }
    return false;
  });
}

/** The implementation of a declaration, which may be the signature of an overload; undefined if it can't be found. */
export function implementationOf(ts: TypeScript, declaration: ts.Node): FunctionNode | undefined {
  if (!isFunctionNode(ts, declaration)) return undefined;
  if (declaration.body || !declaration.parent) return declaration.body && declaration;
  const { name, parent } = declaration;
  const written = name?.getText();
  let found: FunctionNode | undefined;
  ts.forEachChild(parent, (other) => {
    if (other.kind !== declaration.kind || !isFunctionNode(ts, other) || other.body === undefined) return;
    if (isStatic(other) === isStatic(declaration) && other.name?.getText() === written) found ??= other;
  });
  return found;

  function isStatic(node: ts.Declaration): boolean {
    return (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Static) !== 0;
  }
}

/** The symbol that a name finally refers to, through imports and re-exports. */
export function originalSymbol(
  ts: TypeScript,
  checker: ts.TypeChecker,
  node: ts.Node,
): ts.Symbol | undefined {
  const symbol = checker.getSymbolAtLocation(node);
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}
