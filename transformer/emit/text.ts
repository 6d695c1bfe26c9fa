import MagicString from 'magic-string';
import type ts from 'typescript';
import type { Edit, EditOf, Plan, Template } from '../base/plan.ts';
import type { TypeScript } from '../base/typescript.ts';
import { labelled } from './labelled-loops.ts';
import { isShorthandValue } from './shorthand.ts';

/** Its lists are mutable, as the plugin types of Rollup and Vite require. */
export interface SourceMapV3 {
  readonly version: number;
  readonly sources: string[];
  /** The text of each source. */
  readonly sourcesContent: string[];
  readonly names: string[];
  readonly mappings: string;
}

export interface EmittedText {
  readonly code: string;
  readonly map: SourceMapV3;
}

/**
 * Carries a plan out on the text of a file. Holes keep their characters, so the map is exact; line breaks between holes
 * are kept, so every line stays where it was.
 *
 * @param coverage whether the branch at the start of each durable function, which the source doesn't have, is marked for tools
 *   that count branches
 */
export function emitText(
  ts: TypeScript,
  sourceFile: ts.SourceFile,
  plan: Plan,
  fileName: string,
  coverage = false,
): EmittedText {
  return new TextEmitter(ts, sourceFile, plan, fileName, coverage).run();
}

/** For V8 and for Istanbul; the other tools that have the text afterwards keep such comments. */
const IGNORED = ' /* v8 ignore if -- @preserve */ /* istanbul ignore if -- @preserve */';

/** With the branch in a line of its own, which no map leads to the source: Jest's V8 provider knows no comments, but maps. */
const withoutCoverage = (statements: string): string =>
  statements.replace(/ (if \(.*)$/s, (_, branch: string) => `${IGNORED}\n${branch}\n`);

class TextEmitter {
  private readonly ts: TypeScript;
  private readonly sourceFile: ts.SourceFile;
  private readonly plan: Plan;
  private readonly fileName: string;
  private readonly coverage: boolean;
  private readonly source: string;
  private readonly finished = new Set<number>();
  private readonly text: MagicString;

  constructor(ts: TypeScript, sourceFile: ts.SourceFile, plan: Plan, fileName: string, coverage: boolean) {
    this.ts = ts;
    this.sourceFile = sourceFile;
    this.plan = plan;
    this.fileName = fileName;
    this.coverage = coverage;
    const source = sourceFile.text;
    this.source = source;
    this.text = new MagicString(source, { filename: fileName });
  }

  run(): EmittedText {
    const { plan, text, ts, sourceFile, fileName } = this;
    if (plan.header) text.appendLeft(headerPosition(ts, sourceFile), `${plan.header} `);
    this.visit(sourceFile);
    const { version, sources, names, mappings } = text.generateMap({ source: fileName, hires: 'boundary' });
    return {
      code: text.toString(),
      map: { version, sources, sourcesContent: [this.source], names, mappings },
    };
  }

  private visit(node: ts.Node): void {
    const { plan, ts } = this;
    if (!plan.touched.has(node)) return;
    this.apply(node, plan.edits.get(node) ?? [], 0);
    if (endsWithSemicolon(ts, node)) this.finish(node);
  }

  private apply(node: ts.Node, edits: readonly Edit[], index: number): void {
    const { sourceFile, text, ts } = this;
    const edit = edits[index];
    if (edit === undefined) return this.visitChildren(node);
    const rest = (): void => this.apply(node, edits, index + 1);
    const start = node.getStart(sourceFile);
    switch (edit.kind) {
      case 'replace':
        // `{ ready }` becomes `{ ready: ... }`.
        if (index === 0 && isShorthandValue(ts, node))
          text.appendLeft(start, `${node.getText(sourceFile)}: `);
        this.fill(edit.template, start, node.end, (hole) => (hole === node ? rest() : this.visit(hole)));
        return;
      case 'callee': {
        const callee =
          (node as ts.CallExpression).expression ?? (node as unknown as ts.TaggedTemplateExpression).tag;
        this.fill(edit.template, callee.getStart(sourceFile), callee.end, (one) => this.visit(one));
        if (edit.optional) text.appendLeft(callee.end, '?.');
        ts.forEachChild(node, (child) => {
          if (child !== callee) this.visit(child);
        });
        return;
      }
      case 'chain': {
        this.fill(edit.template, start, edit.head.end, (one) => this.visit(one));
        text.appendLeft(edit.head.end, '('.repeat(edit.opened) + edit.link);
        this.visitChildrenBut(node, edit.head);
        text.appendLeft(node.end, ')');
        return;
      }
      case 'resources':
        return this.declareResources(node as ts.Statement, edit);
      case 'spread':
        text.appendLeft(start, `...${edit.marker}({ `);
        rest();
        text.appendLeft(node.end, ' })');
        return;
      case 'block-body':
        text.appendLeft(start, `{ ${edit.statements} return `);
        rest();
        text.appendLeft(node.end, '; }');
        return;
      case 'prologue':
        this.insertStatements(
          prologuePosition(ts, sourceFile, node),
          this.coverage ? withoutCoverage(edit.statements) : edit.statements,
          hasDirective(ts, node),
        );
        return rest();
      case 'name': {
        const keyword = node
          .getChildren(sourceFile)
          .find(({ kind }) => kind === ts.SyntaxKind.FunctionKeyword);
        text.appendLeft(keyword?.end ?? start, ` ${edit.name}`);
        return rest();
      }
      case 'after':
        rest();
        this.insertStatements(node.end, edit.statements, !ts.isClassDeclaration(node));
        return;
    }
  }

  /** See `Edit`: the text keeps the order of the source, for each kind of statement. */
  private declareResources(statement: ts.Statement, { list, guards }: EditOf<'resources'>): void {
    const { ts, sourceFile, text } = this;
    const { declarations } = list;
    const { loop, labels } = labelled(ts, statement);
    const forward = ts.isForStatement(loop);
    const start = forward ? statement.getStart(sourceFile) : list.getStart(sourceFile);
    const written = guards.map(({ name, resource }) => `await using ${name} = ${resource}`);
    this.gap(start, declarations[0]!.getStart(sourceFile), forward ? '{ const ' : 'const ');
    for (const [index, declaration] of declarations.entries()) {
      this.visit(declaration);
      const next = declarations[index + 1];
      if (next) this.gap(declaration.end, next.getStart(sourceFile), `; ${written[index]}; const `);
    }
    if (ts.isForOfStatement(loop)) {
      this.visit(loop.expression);
      text.appendLeft(loop.statement.getStart(sourceFile), `{ ${written.at(-1)}; `);
      this.visit(loop.statement);
      text.appendLeft(loop.statement.end, ' }');
      return;
    }
    const head = forward ? `; ${labels.map((label) => `${label}: `).join('')}for (` : '';
    text.appendLeft(list.end, `; ${written.at(-1)}${head}`);
    if (!forward) return;
    for (const part of [loop.condition, loop.incrementor, loop.statement]) if (part) this.visit(part);
    text.appendLeft(statement.end, ' }');
  }

  private insertStatements(position: number, statements: string, unfinished: boolean): void {
    const { text } = this;
    if (unfinished) this.end(position);
    text.appendLeft(position, ` ${statements}`);
  }

  /**
   * If a line break ends a statement in the source, the new text could continue on the next line: a parenthesis there does not
   * call an arrow function, but it would call the result of the wrapping call.
   */
  private finish(node: ts.Node): void {
    const { source } = this;
    NOT_TRIVIA.lastIndex = node.end;
    const next = NOT_TRIVIA.exec(source)?.[1];
    if (next !== undefined && next !== '}') this.end(node.end);
  }

  /** Ends a statement with a semicolon, if it has none. */
  private end(position: number): void {
    const { source, finished, text } = this;
    if (source[position - 1] !== ';' && !finished.has(position)) text.appendLeft(position, ';');
    finished.add(position);
  }

  private visitChildren(node: ts.Node): void {
    const { ts } = this;
    ts.forEachChild(node, (one) => this.visit(one));
  }

  private visitChildrenBut(node: ts.Node, skipped: ts.Node): void {
    const { ts } = this;
    ts.forEachChild(node, (child) => {
      if (child === skipped) return;
      if (skipped.pos >= child.pos && skipped.end <= child.end) this.visitChildrenBut(child, skipped);
      else this.visit(child);
    });
  }

  /** Replaces the text between the holes of a template by its parts. */
  private fill(
    { parts, holes }: Template,
    start: number,
    end: number,
    visitHole: (hole: ts.Node) => void,
  ): void {
    const { source, sourceFile } = this;
    let at = start;
    // `await(f)()`: without a space, the new text before the parenthesis would become a part of the keyword.
    const space = endsName(source, start) && NAME.test(parts[0] ?? '') ? ' ' : '';
    holes.forEach((hole, index) => {
      const from = hole.getStart(sourceFile);
      this.gap(at, from, (index === 0 ? space : '') + (parts[index] ?? ''));
      visitHole(hole);
      at = hole.end;
    });
    this.gap(at, end, (holes.length === 0 ? space : '') + (parts[holes.length] ?? ''));
  }

  private gap(from: number, to: number, part: string): void {
    const { text, source } = this;
    if (from === to) {
      if (part) text.appendLeft(from, part);
      return;
    }
    const breaks = source.slice(from, to).match(/\r?\n/g)?.join('') ?? '';
    const replacement = part + breaks;
    if (replacement) text.update(from, to, replacement);
    else text.remove(from, to);
  }
}

/** White space and comments, then the next character. */
const NOT_TRIVIA = /(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)*([\s\S])?/y;

/** Statements and members that a line break may end instead of a semicolon. */
function endsWithSemicolon(ts: TypeScript, node: ts.Node): boolean {
  return (
    ts.isExpressionStatement(node) ||
    ts.isVariableStatement(node) ||
    ts.isReturnStatement(node) ||
    ts.isThrowStatement(node) ||
    ts.isDoStatement(node) ||
    ts.isExportAssignment(node) ||
    ts.isPropertyDeclaration(node)
  );
}

const NAME = /^[\p{ID_Continue}$]/u;

/** Whether a name or a keyword ends at a position. */
const endsName = (source: string, position: number): boolean =>
  position > 0 && /[\p{ID_Continue}$]$/u.test(source.slice(Math.max(0, position - 2), position));

/** After the directives of a file, and before its first statement. Comments at the start stay there. */
function headerPosition(ts: TypeScript, sourceFile: ts.SourceFile): number {
  for (const statement of sourceFile.statements) {
    if (!ts.isExpressionStatement(statement) || !ts.isStringLiteral(statement.expression))
      return statement.getStart(sourceFile);
  }
  return sourceFile.end;
}

function hasDirective(ts: TypeScript, node: ts.Node): boolean {
  const first = ts.isBlock(node) ? node.statements[0] : undefined;
  return first !== undefined && ts.isExpressionStatement(first) && ts.isStringLiteral(first.expression);
}

/** After the brace that opens a block, or after the directives in it. */
function prologuePosition(ts: TypeScript, sourceFile: ts.SourceFile, node: ts.Node): number {
  if (ts.isCaseOrDefaultClause(node)) return node.statements.pos;
  let position = node.getStart(sourceFile) + 1;
  if (!ts.isBlock(node)) return position;
  for (const statement of node.statements) {
    if (!ts.isExpressionStatement(statement) || !ts.isStringLiteral(statement.expression)) break;
    position = statement.end;
  }
  return position;
}
