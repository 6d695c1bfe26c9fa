import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { isFunctionNode, unwrap } from '../syntax/nodes.ts';

/** The longest text of the source that a flow keeps. */
const LONGEST = 72;
/** Longer literals are shown as `{…}` and `[…]` inside of other code. */
const LONG_LITERAL = 28;

interface Cut {
  readonly from: number;
  readonly to: number;
  readonly by: string;
}

const withoutComments = (code: string): string => code.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');

/** Strings, regular expressions, and the texts of templates and of JSX. */
const isLiteralText = (ts: TypeScript, node: ts.Node): boolean =>
  ts.isStringLiteralLike(node) ||
  ts.isRegularExpressionLiteral(node) ||
  ts.isTemplateHead(node) ||
  ts.isTemplateMiddleOrTemplateTail(node) ||
  ts.isJsxText(node);

/** An expression as written, on one line: without types, comments, and the bodies of functions; cut off if it is long. */
export function shortText(ts: TypeScript, sourceFile: ts.SourceFile, expression: ts.Node): string {
  const node = ts.isExpression(expression) ? unwrap(ts, expression) : expression;
  const { text } = sourceFile;
  const cuts: Cut[] = [];
  visit(node);
  const start = node.getStart(sourceFile);
  let shown = '';
  let at = start;
  for (const { from, to, by } of cuts) {
    if (from < at) continue;
    shown += withoutComments(text.slice(at, from)) + by;
    at = to;
  }
  shown = (shown + withoutComments(text.slice(at, node.end))).replace(/\s+/g, ' ').trim();
  // By characters, not by units: half a character is no text.
  const characters = [...shown];
  return characters.length <= LONGEST ? shown : `${characters.slice(0, LONGEST - 1).join('')}…`;

  function visit(inner: ts.Node): void {
    const from = inner.getStart(sourceFile);
    // What looks like a comment in there is none.
    if (isLiteralText(ts, inner))
      return void cuts.push({ from, to: inner.end, by: text.slice(from, inner.end) });
    if (isFunctionNode(ts, inner) || ts.isClassLike(inner))
      return void cuts.push({ from, to: inner.end, by: functionText(inner) });
    if (ts.isTypeNode(inner) && !ts.isExpressionWithTypeArguments(inner))
      return void cuts.push({ from, to: inner.end, by: '' });
    const literal = ts.isObjectLiteralExpression(inner) ? '{…}' : '[…]';
    if (
      inner !== node &&
      (ts.isObjectLiteralExpression(inner) || ts.isArrayLiteralExpression(inner)) &&
      inner.end - from > LONG_LITERAL
    )
      return void cuts.push({ from, to: inner.end, by: literal });
    if ((ts.isCallExpression(inner) || ts.isNewExpression(inner)) && inner.typeArguments) {
      visit(inner.expression);
      cuts.push({ from: inner.typeArguments.pos - 1, to: inner.typeArguments.end + 1, by: '' });
      inner.arguments?.forEach(visit);
      return;
    }
    if (ts.isAsExpression(inner) || ts.isSatisfiesExpression(inner)) {
      visit(inner.expression);
      return void cuts.push({ from: inner.expression.end, to: inner.end, by: '' });
    }
    ts.forEachChild(inner, visit);
  }

  function functionText(fn: ts.Node): string {
    if (ts.isClassLike(fn)) return 'class {…}';
    if (ts.isMethodDeclaration(fn)) return `${fn.name.getText(sourceFile)}() {…}`;
    return ts.isArrowFunction(fn) ? '() => …' : 'function…';
  }
}
