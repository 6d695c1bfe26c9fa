import type ts from 'typescript';
import { parseDirective } from '../../file/directive-text.ts';
import { functionAround, isAsync, isGenerator } from '../../syntax/nodes.ts';
import { type Fix, type FixMaker, type FixRequest, insert } from './fix.ts';

/** UD1001: the right spelling. */
export const respell: FixMaker = ({ ts, sourceFile, node }) => {
  const literal = ts.isExpressionStatement(node) ? node.expression : node;
  if (!ts.isStringLiteralLike(literal)) return undefined;
  const start = literal.getStart(sourceFile) + 1;
  return {
    title: "Write 'use durable'",
    edits: [{ start, length: literal.end - 1 - start, text: 'use durable' }],
  };
};

/** UD1002: the directive as the first statement of its function, or as a statement of its own. */
export const replace: FixMaker = (request) => {
  const node = statementOr(request);
  return endIt({ ...request, node }) ?? moveUp({ ...request, node });
};

/** Without a semicolon, a statement and its expression have the same span. */
const statementOr = ({ ts, node }: FixRequest): ts.Node =>
  ts.isExpressionStatement(node.parent) && node.parent.end === node.end ? node.parent : node;

/** `'use durable'` without a semicolon, and a next line that goes on with it. */
function endIt({ ts, sourceFile, node }: FixRequest): Fix | undefined {
  if (ts.isExpressionStatement(node)) return undefined;
  const statement = statementOf(ts, node);
  const isStart = statement !== undefined && statement.getStart(sourceFile) === node.getStart(sourceFile);
  const [rest] = /^\s*/.exec(sourceFile.text.slice(node.end)) ?? [''];
  if (!isStart || !rest.includes('\n')) return undefined;
  return { title: 'End the directive with a semicolon', edits: [insert(node.end, ';')] };
}

function moveUp({ ts, sourceFile, node }: FixRequest): Fix | undefined {
  const around = functionAround(ts, node);
  const body = around?.body;
  if (!body || !ts.isBlock(body) || !ts.isExpressionStatement(node)) return undefined;
  if (!isAsync(ts, around) || isGenerator(around) || functionAround(ts, around)) return undefined;
  const [first] = body.statements;
  if (!first || first === node || isDirective(ts, first)) return undefined;
  const at = first.getStart(sourceFile);
  return {
    title: 'Make it the first statement of the function',
    edits: [
      insert(at, `${node.getText(sourceFile)}${gapBefore(sourceFile, at)}`),
      wholeLine(sourceFile, node),
    ],
  };
}

const isDirective = (typescript: typeof ts, statement: ts.Statement): boolean =>
  typescript.isExpressionStatement(statement) &&
  typescript.isStringLiteral(statement.expression) &&
  parseDirective(statement.expression.text) !== undefined;

/** The line break and indentation before a statement, or a blank where it is in the line of the brace. */
function gapBefore({ text }: ts.SourceFile, start: number): string {
  return /\r?\n[ \t]*$/.exec(text.slice(0, start))?.[0] ?? ' ';
}

/** Takes a statement out, with its line if it has one of its own. */
function wholeLine({ text }: ts.SourceFile, node: ts.Node): { start: number; length: number; text: '' } {
  const gap = gapBefore(node.getSourceFile(), node.getStart());
  const isAlone = gap !== ' ' && /^[ \t]*(?:\r?\n|$)/.test(text.slice(node.end));
  const start = node.getStart() - (isAlone ? gap.length : 0);
  return { start, length: node.end - start, text: '' };
}

function statementOf(typescript: typeof ts, node: ts.Node): ts.Node | undefined {
  for (let at = node; at; at = at.parent) if (typescript.isExpressionStatement(at)) return at;
  return undefined;
}

/** UD1003: `async`. */
export const makeAsync: FixMaker = (request) => {
  const { ts, sourceFile } = request;
  const node = statementOr(request);
  const isTitle = ts.isExpressionStatement(node) && !ts.isSourceFile(node.parent);
  const named = isTitle ? functionAround(ts, node) : node;
  if (!named || !('parameters' in named)) return undefined;
  const at = startOfFunction(ts, sourceFile, named as ts.FunctionLikeDeclaration);
  return at === undefined ? undefined : { title: 'Make the function async', edits: [insert(at, 'async ')] };
};

/** Behind the modifiers. */
function startOfFunction(
  typescript: typeof ts,
  sourceFile: ts.SourceFile,
  node: ts.FunctionLikeDeclaration,
): number | undefined {
  const isMethod = typescript.isMethodDeclaration(node);
  if (isMethod) return node.name.getStart(sourceFile);
  const last = typescript.canHaveModifiers(node) ? node.modifiers?.at(-1) : undefined;
  if (last === undefined) return node.getStart(sourceFile);
  const [gap] = /^\s*/.exec(sourceFile.text.slice(last.end)) ?? [''];
  return last.end + gap.length;
}

/** UD1007: a module. What `export` makes of JavaScript depends on what loads it. */
export const makeModule: FixMaker = ({ sourceFile }) => {
  const { text, fileName } = sourceFile;
  if (!/\.[mc]?tsx?$/.test(fileName)) return undefined;
  const before = text.endsWith('\n') ? '' : '\n';
  return { title: 'Make the file a module', edits: [insert(text.length, `${before}export {};\n`)] };
};
