import type ts from 'typescript';
import type { Template } from '../base/plan.ts';
import type { TypeScript } from '../base/typescript.ts';

/** Makes nodes of the texts that a plan inserts. They have no positions, so that they are not taken for text of the source. */
export class TemplateNodes {
  private readonly ts: TypeScript;
  /** See `Plan`. */
  private readonly references: ReadonlyMap<string, ts.Identifier>;
  private readonly parsed: Map<string, ts.SourceFile>;

  constructor(ts: TypeScript, references: ReadonlyMap<string, ts.Identifier>) {
    this.ts = ts;
    this.references = references;
    this.parsed = shapes.get(ts) ?? new Map<string, ts.SourceFile>();
    shapes.set(ts, this.parsed);
  }

  /** @param filled the nodes in the holes of the template */
  expression({ parts, holes }: Template, filled: readonly ts.Node[]): ts.Expression {
    const text = holes.reduce(
      (all, _, index) => `${all}${HOLE}${index}${parts[index + 1] ?? ''}`,
      parts[0] ?? '',
    );
    const [statement] = this.instantiate(`(${text})`, filled);
    const { expression } = statement as ts.ExpressionStatement;
    return (expression as ts.ParenthesizedExpression).expression;
  }

  statements(text: string): ts.Statement[] {
    return this.instantiate(text, []);
  }

  /**
   * Most texts differ only in their strings, the ids of sites, so the rest is parsed once. The table of the sites of a function
   * is not parsed at all.
   */
  private instantiate(text: string, filled: readonly ts.Node[]): ts.Statement[] {
    const strings: string[] = [];
    const tables: string[] = [];
    let shape = text.replace(STRINGS, (literal) => `"${strings.push(literal) - 1}"`);
    if (OTHER_LITERALS.test(shape)) {
      shape = text;
      strings.length = 0;
    } else shape = shape.replace(TABLES, (table) => TABLE + String(tables.push(printed(table, strings)) - 1));
    let parsed = this.parsed.get(shape);
    if (!parsed) {
      parsed = this.ts.createSourceFile('template.ts', shape, this.ts.ScriptTarget.ESNext, false);
      if (shape.length < CACHED) this.parsed.set(shape, parsed);
    }
    const content = { filled, strings, tables };
    return parsed.statements.map((statement) => this.clone(statement, content) as ts.Statement);
  }

  private clone(node: ts.Node, content: Content): ts.Node {
    const { ts } = this;
    const { factory, SyntaxKind } = ts;
    const copy = <T extends ts.Node>(child: T): T => this.clone(child, content) as T;
    // The most frequent kinds, without the cost of `visitEachChild` for changes in place.
    switch (node.kind) {
      case SyntaxKind.Identifier:
        return this.identifier(node as ts.Identifier, content);
      case SyntaxKind.StringLiteral: {
        const { text } = node as ts.StringLiteral;
        const literal = content.strings[Number(text)];
        return factory.createStringLiteral(literal === undefined ? text : (JSON.parse(literal) as string));
      }
      case SyntaxKind.NumericLiteral:
        return factory.createNumericLiteral((node as ts.NumericLiteral).text);
      case SyntaxKind.PropertyAssignment: {
        const { name, initializer } = node as ts.PropertyAssignment;
        return factory.createPropertyAssignment(copy(name), copy(initializer));
      }
      case SyntaxKind.ObjectLiteralExpression:
        return factory.createObjectLiteralExpression(
          (node as ts.ObjectLiteralExpression).properties.map(copy),
        );
      case SyntaxKind.ArrayLiteralExpression:
        return factory.createArrayLiteralExpression((node as ts.ArrayLiteralExpression).elements.map(copy));
      case SyntaxKind.ParenthesizedExpression:
        return factory.createParenthesizedExpression(copy((node as ts.ParenthesizedExpression).expression));
    }
    if (ts.isPropertyAccessExpression(node) && !ts.isPropertyAccessChain(node)) {
      return factory.createPropertyAccessExpression(copy(node.expression), copy(node.name));
    }
    if (ts.isCallExpression(node) && !ts.isCallChain(node)) {
      return factory.createCallExpression(copy(node.expression), undefined, node.arguments.map(copy));
    }
    // Tokens and lists have positions too, at which the printer would search for comments in the source.
    const lists = ((nodes: ts.NodeArray<ts.Node> | undefined) =>
      nodes && factory.createNodeArray(nodes.map(copy), nodes.hasTrailingComma)) as typeof ts.visitNodes;
    const visited = ts.visitEachChild(node, copy, undefined, lists, copy) ?? node;
    const fresh = visited === node ? (factory as unknown as CloningFactory).cloneNode(node) : visited;
    (fresh as { original?: ts.Node | undefined }).original = undefined;
    return ts.setTextRange(fresh, { pos: -1, end: -1 });
  }

  private identifier({ text }: ts.Identifier, { filled, tables }: Content): ts.Node {
    const { factory, setOriginalNode } = this.ts;
    const hole = text.startsWith(HOLE) ? filled[Number(text.slice(HOLE.length))] : undefined;
    if (hole) return hole;
    const table = text.startsWith(TABLE) ? tables[Number(text.slice(TABLE.length))] : undefined;
    // The printer writes the text of an identifier unchanged.
    if (table !== undefined) return factory.createIdentifier(table);
    const reference = this.references.get(text);
    const identifier = factory.createIdentifier(text);
    return reference ? setOriginalNode(identifier, reference) : identifier;
  }
}

/** The content of a copy: nodes for its holes, literals for its strings, and the text of its tables. */
interface Content {
  readonly filled: readonly ts.Node[];
  readonly strings: readonly string[];
  readonly tables: readonly string[];
}

/** A table as TypeScript prints object literals: with spaces, and in ASCII. */
function printed(table: string, strings: readonly string[]): string {
  return table
    .replace(/[{:,]/g, '$& ')
    .replace(/\}/g, ' }')
    .replace(/"(\d+)"/g, (_, index: string) =>
      (strings[Number(index)] ?? '').replace(
        /[^\0-\x7e]/g,
        (char) => `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
      ),
    );
}

const HOLE = '__hole';
const TABLE = '__table';
const STRINGS = /"(?:[^"\\]|\\.)*"/g;
/** Lists of objects that contain only strings and numbers. */
const TABLES = /\[\{[\d"{}:,]+\}\]/g;
/** Text in which a quote may not begin a string. */
const OTHER_LITERALS = /['`/]/;

const shapes = new WeakMap<TypeScript, Map<string, ts.SourceFile>>();

/** Longer texts are tables of single functions, which occur once. */
const CACHED = 120;

/** Not in the public types. All versions of the compiler since 4 have it, and tokens can't be copied without it. */
interface CloningFactory {
  cloneNode<T extends ts.Node>(node: T): T;
}
