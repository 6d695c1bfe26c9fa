import * as fc from 'fast-check';
import ts from 'typescript';

/** Other layouts of a program: without the semicolons that line breaks replace, with other lines, with comments. */

/** Statements that go on with the line before, where nothing ends that. The last one is an end that nothing calls. */
const STATEMENTS = [
  '(0, 1)',
  '[0, 1]',
  '`text`',
  '/text/g',
  '+0',
  '-0',
  '(() => {})()',
  '[].$ = async () => {}',
];

/** The same among the members of a class. */
const MEMBERS = ["['$'] = async () => {};", '*$() {}', "async ['$']() {}", 'static $ = () => {};'];

/**
 * The program with a statement, or a member, that begins with punctuation behind some of its own, which nothing but
 * semicolons keeps apart.
 *
 * @param chosen for each place in turn which one comes there; a number that there is none of is a place without one
 */
export function withPunctuation(source: string, file: string, chosen: readonly number[]): string {
  let text = '';
  let from = 0;
  let places = 0;
  const take = (list: readonly string[]): string | undefined => {
    const number = chosen[places++ % chosen.length]!;
    return list[number % (list.length + (chosen.length === 1 ? 0 : 4))];
  };
  const insert = (after: ts.Node, written: string | undefined): void => {
    if (written === undefined) return;
    const end = after.end;
    text += `${source.slice(from, end)}${source[end - 1] === ';' ? '' : ';'}\n${written}`;
    from = end;
  };
  ts.forEachChild(parse(file, source), function visit(node): void {
    ts.forEachChild(node, visit);
    if (ts.isPropertyDeclaration(node)) insert(node, take(MEMBERS));
    const { parent } = node;
    const among =
      ts.isBlock(parent) ||
      ts.isSourceFile(parent) ||
      ts.isCaseOrDefaultClause(parent) ||
      ts.isModuleBlock(parent);
    if (!among || !ENDED.has(node.kind) || isDirective(node)) return;
    const statement = take(STATEMENTS);
    insert(node, statement && `${statement};`);
  });
  return text + source.slice(from);
}

const isDirective = (node: ts.Node): boolean =>
  ts.isExpressionStatement(node) && ts.isStringLiteral(node.expression);

/** What a semicolon ends, but for declarations without code in them. */
const ENDED = new Set<ts.SyntaxKind>([
  ts.SyntaxKind.ExpressionStatement,
  ts.SyntaxKind.VariableStatement,
  ts.SyntaxKind.ReturnStatement,
  ts.SyntaxKind.ThrowStatement,
  ts.SyntaxKind.BreakStatement,
  ts.SyntaxKind.ContinueStatement,
  ts.SyntaxKind.DoStatement,
]);

/** One change between two tokens. */
export interface LayoutEdit {
  /** Which gap it changes, modulo how many there are. */
  readonly place: number;
  readonly kind: (typeof KINDS)[number];
}

const KINDS = ['drop', 'drop', 'split', 'join', 'line comment', 'comment', 'long comment'] as const;

export const layoutEdits: fc.Arbitrary<readonly LayoutEdit[]> = fc.array(
  fc.record({ place: fc.nat({ max: 100_000 }), kind: fc.constantFrom(...KINDS) }),
  { maxLength: 20, minLength: 1, size: 'max' },
);

/** The program in another layout, and how many of the edits left its syntax tree as it was. */
export function laidOut(
  source: string,
  file: string,
  edits: readonly LayoutEdit[],
  everySemicolon: boolean,
): { readonly source: string; readonly made: number } {
  const tokens = tokensIn(parse(file, source));
  const wanted = shapeOf(parse(file, source));
  const dropped = everySemicolon ? droppable(tokens) : [];
  const kept: LayoutEdit[] = [];
  const keep = (some: readonly LayoutEdit[]): void => {
    const text = written(source, tokens, [...kept, ...some]);
    if (shapeOf(parse(file, text)) === wanted) kept.push(...some);
    else if (some.length > 1) {
      const half = some.length >> 1;
      keep(some.slice(0, half));
      keep(some.slice(half));
    }
  };
  keep(dropped);
  keep(edits);
  return { source: written(source, tokens, kept), made: kept.length };
}

/** The semicolons that a line break may well stand for; the tree tells of which it does. */
function droppable(tokens: readonly ts.Node[]): LayoutEdit[] {
  return tokens.flatMap((token, place) => {
    if (token.kind !== ts.SyntaxKind.SemicolonToken || ts.isForStatement(token.parent)) return [];
    const before = tokens[place - 1];
    const after = tokens[place + 1]?.getText() ?? '';
    if (!before || (/^[([`/+*-]/.test(after) && isOperand(before))) return [];
    return [{ place, kind: 'drop' } as const];
  });
}

/** Whether an expression ends with a token that a call or an operator may follow. */
function isOperand(token: ts.Node): boolean {
  if (/^(break|continue|return|\+\+|--)$/.test(token.getText())) return false;
  for (let at = token; at && at.end === token.end; at = at.parent) {
    if (ts.isArrowFunction(at)) return !ts.isBlock(at.body);
    if (ts.isDoStatement(at)) return false;
  }
  return true;
}

function written(source: string, tokens: readonly ts.Node[], edits: readonly LayoutEdit[]): string {
  const byPlace = new Map<number, LayoutEdit['kind'][]>();
  for (const { place, kind } of edits) {
    const at = place % tokens.length;
    byPlace.set(at, [...(byPlace.get(at) ?? []), kind]);
  }
  let text = '';
  let from = 0;
  for (const [index, token] of tokens.entries()) {
    const start = token.getStart();
    text += source.slice(from, start);
    const kinds = byPlace.get(index) ?? [];
    const semicolon = token.kind === ts.SyntaxKind.SemicolonToken;
    text += semicolon && kinds.includes('drop') ? '' : source.slice(start, token.end);
    const next = tokens[index + 1]?.getStart() ?? source.length;
    from = next;
    let gap = source.slice(token.end, next);
    for (const kind of kinds) {
      if (kind === 'join' && !gap.includes('//')) gap = gap.replace(/\s*\n\s*/g, ' ');
      else if (kind === 'split' || kind === 'drop') gap = gap.includes('\n') ? gap : `${gap}\n`;
      else if (kind === 'line comment') gap = ` // (a comment)\n${gap}`;
      else if (kind === 'comment') gap = ` /* [a comment] */${gap}`;
      else if (kind === 'long comment') gap = ` /* a long\n comment */${gap}`;
    }
    text += gap;
  }
  return text + source.slice(from);
}

export const parse = (file: string, source: string): ts.SourceFile =>
  ts.createSourceFile(file, source, ts.ScriptTarget.ESNext, true);

/** Tokens between which there may be white space; not those inside of templates and of JSX. */
function tokensIn(sourceFile: ts.SourceFile): ts.Node[] {
  const tokens: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode) return;
    const children = node.getChildren(sourceFile);
    if (children.length > 0) children.forEach(visit);
    else if (
      node.kind !== ts.SyntaxKind.JsxText &&
      node.kind !== ts.SyntaxKind.EndOfFileToken &&
      node.end > node.getStart()
    )
      tokens.push(node);
  };
  visit(sourceFile);
  return tokens;
}

/** A syntax tree as text, without layout; a text of its own for what isn't read without an error. */
export function shapeOf(sourceFile: ts.SourceFile): string {
  const { parseDiagnostics } = sourceFile as unknown as { parseDiagnostics: readonly ts.Diagnostic[] };
  if (parseDiagnostics.length > 0) return `error: ${String(parseDiagnostics[0]?.messageText)}`;
  let shape = '';
  const visit = (node: ts.Node): void => {
    shape += `(${node.kind}`;
    let empty = true;
    ts.forEachChild(node, (child) => {
      empty = false;
      visit(child);
    });
    // A literal is what it says, whichever quotes it has.
    if (ts.isStringLiteral(node)) shape += ` ${JSON.stringify(node.text)}`;
    else if (empty && !ts.isBlock(node)) shape += ` ${node.getText(sourceFile).replace(/;$/, '')}`;
    else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node))
      shape += ` ${node.operator}`;
    shape += ')';
  };
  visit(sourceFile);
  return shape;
}
