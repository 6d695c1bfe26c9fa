import type ts from 'typescript';
import type { TypeScript } from '../../typescript.ts';

/**
 * Where a type is declared:
 * - `own`: in a source of the program, all of which can be seen;
 * - `library`: by the language or by Node;
 * - `package`: in an installed package, which could register its classes itself;
 * - `sibling`: in another declaration file, such as that of another project of the same repository, which may well.
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

/** Whether a declaration is that of a durable function: its values are carried by id, its calls are no steps. */
export function isDurableDeclaration(ts: TypeScript, declaration: ts.Node | undefined): boolean {
  if (!declaration || !ts.isFunctionLike(declaration)) return false;
  const { body } = declaration as { body?: ts.Node };
  if (body === undefined) return false;
  const lists = [declaration.getSourceFile().statements, ts.isBlock(body) ? body.statements : []];
  return lists.some((statements) => {
    for (const statement of statements) {
      if (!ts.isExpressionStatement(statement) || !ts.isStringLiteral(statement.expression)) return false;
      if (/^use durable( as |$)/.test(statement.expression.text)) return true;
    }
    return false;
  });
}

/** The symbol that a name stands for in the end, behind imports and re-exports. */
export function originalSymbol(
  ts: TypeScript,
  checker: ts.TypeChecker,
  node: ts.Node,
): ts.Symbol | undefined {
  const symbol = checker.getSymbolAtLocation(node);
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}
