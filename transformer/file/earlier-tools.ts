import type ts from 'typescript';
import { type FunctionNode, functionAround, unwrap } from '../syntax/nodes.ts';
import type { CompiledCode } from './compiled-code.ts';
import { parseDirective } from './directive-text.ts';
import type { FileContext } from './file-context.ts';

/**
 * Traces of other tools that have compiled a file before. Such a file has other names than its source. The ids of functions and
 * steps are made of names, so journals would silently be lost.
 */
export interface EarlierTool {
  /** A directive of the file. */
  readonly at: ts.Node;
  /** The evidence, as text. */
  readonly trace: string;
  /** The functions that should be durable. */
  readonly functions: readonly FunctionNode[];
}

export function earlierTool(file: FileContext, compiled: CompiledCode): EarlierTool | undefined {
  const { ts, tools } = file;
  if (tools === 'none' || (tools !== 'look' && 'source' in tools)) return undefined;
  const directives: { readonly at: ts.Node; readonly within: FunctionNode | undefined }[] = [];
  for (const at of file.nodes.ofKind<ts.ExpressionStatement>(ts.SyntaxKind.ExpressionStatement)) {
    if (!ts.isStringLiteral(at.expression) || !parseDirective(at.expression.text)) continue;
    const within = functionAround(ts, at);
    if (within ? !compiled.has(within) : compiled.isEmpty) directives.push({ at, within });
  }
  const [first] = directives;
  if (!first) return undefined;
  const functions = directives.flatMap(({ within }) => within ?? []);
  const trace =
    (tools === 'look' ? undefined : tools.trace) ??
    traceInFile(file) ??
    functions.map((one) => traceIn(file, one)).find((words) => words !== undefined) ??
    directives.map(({ at, within }) => minified(file, at, within)).find((words) => words !== undefined);
  return trace === undefined ? undefined : { at: first.at, trace, functions };
}

/** Helpers of compilers that convert modules or wrap functions. Helpers of compilers that change no names are not among them. */
const HELPERS =
  /^(?:__(?:awaiter|generator|async|asyncGenerator|name|importStar|importDefault|exportStar|createBinding|toESM|toCommonJS|commonJS\w*|esm\w*|copyProps|reExport|webpack_\w+|turbopack_\w+)|_?_?(?:async_?to_?generator|asyncToGenerator|asyncGeneratorStep|interop_?require_?(?:default|wildcard)|interopRequire(?:Default|Wildcard)|regenerator(?:Runtime)?|ts_generator))$/;

function traceInFile(file: FileContext): string | undefined {
  const { text } = file.sourceFile;
  const [helper] = file.nodes.identifiersLike(HELPERS);
  if (helper) return `\`${helper.text}\` is a helper of compiled code`;
  if (/(["'])__esModule\1\s*,|\.__esModule\s*=[^=]/.test(text)) return '`__esModule` marks compiled modules';
  if (/^\/\/[#@] sourceMappingURL=/m.test(text)) return 'it ends with a source map';
  if ((text.match(MODULE_COMMENTS)?.length ?? 0) > 1 && /^export \{/m.test(text)) return 'it is a bundle';
  if (allRenamed(file)) return 'its imports and exports have short names';
  return undefined;
}

/** What esbuild writes above each module of a bundle: `// src/main.ts`. */
const MODULE_COMMENTS = /^\/\/ [^\s'"`;]+\.[cm]?[jt]sx?$/gm;

/** `import{charge as a}from"./a.js";export{b as main}`. */
function allRenamed({ ts, sourceFile }: FileContext): boolean {
  let count = 0;
  for (const statement of sourceFile.statements) {
    const bindings = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : undefined;
    const clause = ts.isExportDeclaration(statement) ? statement.exportClause : bindings;
    if (!clause || !(ts.isNamedImports(clause) || ts.isNamedExports(clause))) continue;
    for (const { propertyName, name } of clause.elements) {
      const local = ts.isNamedImports(clause) ? name : propertyName;
      if (!propertyName || !local || local.text.length > SHORT) return false;
      count++;
    }
  }
  return count > 1;
}

/** The longest name that minifiers use in a file of moderate size. */
const SHORT = 2;

/** `(0, charge_1.charge)(n)`, and `__awaiter(this, void 0, void 0, function* () { 'use durable'; })`. */
function traceIn(file: FileContext, node: FunctionNode): string | undefined {
  const { ts } = file;
  if (ts.isFunctionExpression(node) && ts.isCallExpression(node.parent)) {
    const callee = unwrap(ts, node.parent.expression);
    const name = ts.isPropertyAccessExpression(callee) ? callee.expression : callee;
    if (/async|await|generator/i.test(name.getText(file.sourceFile)))
      return 'async functions are not written as such any more';
  }
  let found = false;
  file.nodes.walk(node, (inner) => {
    if (found || !ts.isCallExpression(inner) || !ts.isParenthesizedExpression(inner.expression)) return;
    const callee = inner.expression.expression;
    if (!ts.isBinaryExpression(callee) || callee.operatorToken.kind !== ts.SyntaxKind.CommaToken) return;
    const { left, right } = callee;
    found =
      ts.isNumericLiteral(left) && ts.isPropertyAccessExpression(right) && isRequired(file, right.expression);
  });
  return found ? '`(0, module.name)()` is how compiled code calls what it imports' : undefined;
}

function isRequired({ ts, sourceFile, bindings }: FileContext, module: ts.Expression): boolean {
  const declaration = ts.isIdentifier(module) ? bindings.resolve(module)?.declaration : undefined;
  if (!declaration || !ts.isVariableDeclaration(declaration)) return false;
  return /\brequire\(/.test(declaration.initializer?.getText(sourceFile) ?? '');
}

/** No space after the directive, and only meaningless names. */
function minified(file: FileContext, at: ts.Node, within: FunctionNode | undefined): string | undefined {
  const { ts, sourceFile, nodes } = file;
  if (!within || !/[^\s}]/.test(sourceFile.text.charAt(at.end))) return undefined;
  const around = within.parent;
  const named = within.name ?? (ts.isVariableDeclaration(around) ? around.name : undefined);
  let isShort = named !== undefined && named.getText(sourceFile).length <= SHORT;
  let calls = 0;
  let short = 0;
  nodes.walk(within, (inner) => {
    if (!ts.isCallExpression(inner) || !ts.isIdentifier(inner.expression)) return;
    calls++;
    if (inner.expression.text.length <= SHORT) short++;
  });
  isShort ||= calls > 1 && short === calls;
  return isShort ? 'its names are those of minified code' : undefined;
}
