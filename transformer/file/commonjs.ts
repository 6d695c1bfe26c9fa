import type ts from 'typescript';
import { isReference, unwrap, walk, wrapped } from '../syntax/nodes.ts';
import type { FileContext } from './file-context.ts';

/** What CommonJS has instead of `import` and `export`, by syntax only. */

/**
 * How a file loads other modules; undefined for a script, which can't. `import` and `export` decide, then the extension, then
 * `require`, `exports` and `module.exports`. A file with none of them may still be a module by the settings of its project.
 */
export function moduleKindOf(file: FileContext): 'esm' | 'commonjs' | undefined {
  const { ts, sourceFile } = file;
  const { externalModuleIndicator } = sourceFile as { externalModuleIndicator?: ts.Node | true };
  // If the project declares it a module, the value is the file itself, or `true`.
  const bySyntax = typeof externalModuleIndicator === 'object' && externalModuleIndicator !== sourceFile;
  if (bySyntax || /\.m[jt]s$/.test(sourceFile.fileName)) return 'esm';
  let commonjs = false;
  walk(ts, sourceFile, (node) => {
    if (ts.isIdentifier(node) && NAMES.has(node.text) && isReference(ts, node))
      commonjs ||= !file.bindings.resolve(node);
    return !commonjs;
  });
  if (commonjs) return 'commonjs';
  return ts.isExternalModule(sourceFile) ? 'esm' : undefined;
}

const NAMES = new Set(['require', 'exports', 'module']);

/** How an expression without a name is exported. */
export interface ExportTarget {
  /** The whole expression, with TypeScript wrappers and parentheses. */
  readonly value: ts.Expression;
  /** `x` in `exports.x = value`; undefined if the value is the whole export of the module. */
  readonly name: string | undefined;
  /** `export default`, which names an anonymous function `default`. */
  readonly byDefault: boolean;
  readonly statement: ts.Statement;
}

/** How an expression is exported, if it is not a part of another one; undefined if it isn't exported. */
export function exportTargetOf(file: FileContext, expression: ts.Expression): ExportTarget | undefined {
  const { ts } = file;
  const value = wrapped(ts, expression);
  const { parent } = value;
  if (ts.isExportAssignment(parent))
    return { value, name: undefined, byDefault: !parent.isExportEquals, statement: parent };
  let name: string | undefined;
  let found = false;
  for (let at: ts.Expression = value; ; at = wrapped(ts, at.parent as ts.Expression)) {
    const assignment = at.parent;
    if (ts.isExpressionStatement(assignment))
      return found && ts.isSourceFile(assignment.parent)
        ? { value, name, byDefault: false, statement: assignment }
        : undefined;
    if (!ts.isBinaryExpression(assignment) || assignment.right !== at) return undefined;
    if (assignment.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return undefined;
    const target = targetOf(file, assignment.left);
    if (!target) return undefined;
    found ||= target.exports;
    name ??= target.name;
  }
}

/** `module.exports`, `exports.name`, `module.exports.name`, and the variable `exports` itself, which exports nothing. */
function targetOf(
  file: FileContext,
  expression: ts.Expression,
): { readonly exports: boolean; readonly name?: string } | undefined {
  const { ts } = file;
  const node = unwrap(ts, expression);
  if (isGlobal(file, node, 'exports')) return { exports: false };
  if (isModuleExports(file, node)) return { exports: true };
  if (!ts.isPropertyAccessExpression(node) || ts.isPrivateIdentifier(node.name)) return undefined;
  const holder = unwrap(ts, node.expression);
  const known = isGlobal(file, holder, 'exports') || isModuleExports(file, holder);
  return known ? { exports: true, name: node.name.text } : undefined;
}

function isModuleExports(file: FileContext, node: ts.Node): boolean {
  const { ts } = file;
  return (
    ts.isPropertyAccessExpression(node) &&
    node.name.text === 'exports' &&
    isGlobal(file, node.expression, 'module')
  );
}

function isGlobal(file: FileContext, node: ts.Node, name: string): boolean {
  return file.ts.isIdentifier(node) && node.text === name && !file.bindings.resolve(node);
}
