/** Edits of the durable functions of a program, as people make them. */
import ts from 'typescript';

/** No program has this call. */
export const INSERTED = 'get(987654, 1)';

/** The text after an edit; undefined where there is no place for it. */
export type Edit = (
  source: string,
  file: ts.SourceFile,
  pick: (count: number) => number,
) => string | undefined;

const isDirective = (node: ts.Statement): boolean =>
  ts.isExpressionStatement(node) && ts.isStringLiteral(node.expression);

const isDurableBlock = (node: ts.Node): node is ts.Block =>
  ts.isBlock(node) && /^\{\s*'use durable/.test(node.getText());

/** The declarations at the start, of what edits use. */
const isHead = (node: ts.Statement): boolean =>
  ts.isVariableStatement(node) &&
  node.declarationList.declarations.some(
    ({ name }) => ts.isIdentifier(name) && /^(log|bag|lag|a|b)$/.test(name.text),
  );

function visitDurable(file: ts.SourceFile, see: (node: ts.Node) => void): void {
  const visit = (node: ts.Node, isDurable: boolean): void => {
    const within = isDurable || isDurableBlock(node);
    if (within) see(node);
    ts.forEachChild(node, (child) => visit(child, within));
  };
  visit(file, false);
}

function statementsIn(file: ts.SourceFile): readonly ts.Statement[] {
  const found: ts.Statement[] = [];
  visitDurable(file, (node) => {
    if (ts.isBlock(node)) found.push(...node.statements.filter((one) => !isDirective(one) && !isHead(one)));
  });
  return found;
}

/** Those that declare nothing, so that they can be put into a block. */
const plainIn = (file: ts.SourceFile): readonly ts.Statement[] =>
  statementsIn(file).filter(
    (one) => !ts.isVariableStatement(one) && !ts.isFunctionDeclaration(one) && !ts.isClassDeclaration(one),
  );

const awaitedIn = (file: ts.SourceFile): readonly ts.Statement[] =>
  statementsIn(file).filter((one) => ts.isExpressionStatement(one) && ts.isAwaitExpression(one.expression));

/** Writes something around a statement, or in its place. */
const around =
  (placesIn: (file: ts.SourceFile) => readonly ts.Statement[], write: (text: string) => string): Edit =>
  (source, file, pick) => {
    const places = placesIn(file);
    const at = places[pick(places.length)];
    if (at === undefined) return undefined;
    const start = at.getStart(file);
    return source.slice(0, start) + write(source.slice(start, at.end)) + source.slice(at.end);
  };

/** Another number in the place of one. */
const number =
  (isWanted: (node: ts.NumericLiteral) => boolean): Edit =>
  (source, file, pick) => {
    const places: ts.NumericLiteral[] = [];
    visitDurable(file, (node) => {
      if (ts.isNumericLiteral(node) && isWanted(node)) places.push(node);
    });
    const at = places[pick(places.length)];
    if (at === undefined) return undefined;
    return `${source.slice(0, at.getStart(file))}${Number(at.text) + 1}${source.slice(at.end)}`;
  };

const isArgument = (node: ts.Node): boolean =>
  ts.isCallExpression(node.parent) && node.parent.arguments.includes(node as ts.Expression);

export const EDITS: Readonly<Record<string, Edit>> = {
  insert: around(statementsIn, (text) => `if (a > 99) await ${INSERTED};\n${text}`),
  rename(source, file, pick) {
    const { declared, barred, uses } = namesIn(file);
    const names = [...declared]
      .filter(([name, count]) => count === 1 && !barred.has(name))
      .map(([name]) => name);
    const name = names[pick(names.length)];
    if (name === undefined) return undefined;
    const places = uses.get(name)!.map((use) => use.getStart(file));
    const other = `${name}Renamed`;
    let text = source;
    for (const at of places.toReversed()) text = text.slice(0, at) + other + text.slice(at + name.length);
    return text;
  },
  swap(source, file, pick) {
    const places = statementsIn(file).flatMap((one) => {
      const { statements } = one.parent as ts.Block;
      const next = statements[statements.indexOf(one) + 1];
      return next && ts.isExpressionStatement(next) && ts.isExpressionStatement(one)
        ? [[one, next] as const]
        : [];
    });
    const [one, next] = places[pick(places.length)] ?? [];
    if (!one || !next) return undefined;
    const [a, b, c, d] = [one.getStart(file), one.end, next.getStart(file), next.end];
    return (
      source.slice(0, a) + source.slice(c, d) + source.slice(b, c) + source.slice(a, b) + source.slice(d)
    );
  },
  // In a block of its own, so that the name is free.
  extract: around(awaitedIn, (text) => `{ const extracted = ${text} }`),
  append(source, file) {
    const main = file.statements.findLast(
      (one): one is ts.FunctionDeclaration => ts.isFunctionDeclaration(one) && one.name?.text === 'main',
    );
    const last = main?.body?.statements.at(-1);
    if (last === undefined) return undefined;
    const at = last.getStart(file);
    return `${source.slice(0, at)}await ${INSERTED};\n${source.slice(at)}`;
  },
  call: around(statementsIn, (text) => `await ${INSERTED};\n${text}`),
  remove: around(plainIn, () => ';'),
  block: around(plainIn, (text) => `{ ${text} }`),
  condition: around(plainIn, (text) => `if (a < 1e9) { ${text} }`),
  guard: around(plainIn, (text) => `try { ${text} } finally { b += 0; }`),
  helper: around(awaitedIn, (text) => `{ const extracted = async () => { ${text} }; await extracted(); }`),
  change: around(statementsIn, (text) => `a += 1;\n${text}`),
  log: around(statementsIn, (text) => `console.debug(b);\n${text}`),
  since: around(statementsIn, (text) => `if (since('edited')) await ${INSERTED};\n${text}`),
  argument: number(isArgument),
  number: number((node) => !isArgument(node)),
};

function namesIn(file: ts.SourceFile): {
  readonly declared: ReadonlyMap<string, number>;
  readonly barred: ReadonlySet<string>;
  readonly uses: ReadonlyMap<string, readonly ts.Identifier[]>;
} {
  const declared = new Map<string, number>();
  const barred = new Set<string>();
  const uses = new Map<string, ts.Identifier[]>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      uses.set(node.text, [...(uses.get(node.text) ?? []), node]);
      const { parent } = node;
      if (
        (ts.isVariableDeclaration(parent) || ts.isParameter(parent)) &&
        parent.name === node &&
        isInBody(parent)
      )
        declared.set(node.text, (declared.get(node.text) ?? 0) + 1);
      else if (ts.isShorthandPropertyAssignment(parent) || ts.isBindingElement(parent)) barred.add(node.text);
      else if (ts.isPropertyAccessExpression(parent) && parent.name === node) barred.add(node.text);
      else if ((ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent)) && parent.name === node)
        barred.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { declared, barred, uses };
}

function isInBody(node: ts.Node): boolean {
  for (let at = node.parent; at; at = at.parent) if (isDurableBlock(at)) return true;
  return false;
}
