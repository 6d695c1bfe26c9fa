import type { FileContext } from './context.ts';
import { type FunctionNode, isErased } from './syntax.ts';

/** The functions that a file exports by declaration; what a directive at the top of the file is for. */
export function exportedFunctions(file: FileContext): FunctionNode[] {
  const { ts, sourceFile } = file;
  const functions: FunctionNode[] = [];
  const exported = new Set<string>();
  for (const statement of sourceFile.statements) {
    if (
      ts.isExportDeclaration(statement) &&
      !statement.moduleSpecifier &&
      statement.exportClause &&
      ts.isNamedExports(statement.exportClause)
    ) {
      for (const element of statement.exportClause.elements)
        exported.add((element.propertyName ?? element.name).text);
    }
  }
  for (const statement of sourceFile.statements) {
    if (isErased(ts, statement)) continue;
    const isExported =
      ts.canHaveModifiers(statement) &&
      statement.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);
    if (ts.isFunctionDeclaration(statement) && statement.body) {
      if (isExported || exported.has(statement.name?.text ?? '')) functions.push(statement);
    } else if (ts.isVariableStatement(statement)) {
      for (const { name, initializer } of statement.declarationList.declarations) {
        if (!initializer || !ts.isIdentifier(name) || !(isExported || exported.has(name.text))) continue;
        if (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer))
          functions.push(initializer);
      }
    } else if (ts.isExportAssignment(statement) && ts.isArrowFunction(statement.expression))
      functions.push(statement.expression);
  }
  return functions;
}
