import type ts from 'typescript';
import type { TypeScript } from '../../base/typescript.ts';
import { isAssigned, walk, wrapped } from '../../syntax/nodes.ts';
import { awaitingFunction, bindsCloser, type FixMaker, insert, type TextEdit } from './fix.ts';

/**
 * UD3005, UD3008, UD3009, UD3010, UD3014: the read or the call in a step of its own. Offered where the value is surely one that
 * the journal keeps, or nobody takes it.
 */
export const putInStep: FixMaker = ({ ts, sourceFile, checker, node }) => {
  if (!checker) return undefined;
  const statement = statementAround(ts, node as ts.Expression);
  const whole = statement ?? plainPart(ts, checker, node as ts.Expression);
  if (!whole || !awaitingFunction(ts, whole) || holdsAwait(ts, whole)) return undefined;
  const step = nameOfStep(ts, sourceFile);
  if (step === undefined) return undefined;
  const [open, close] = statement ? ['{ ', '; }'] : ['', ''];
  const [outerOpen, outerClose] = bindsCloser(ts, whole) ? ['(', ')'] : ['', ''];
  return {
    title: 'Put it into a step',
    edits: [
      ...step.imported,
      insert(whole.getStart(sourceFile), `${outerOpen}await ${step.name}(() => ${open}`),
      insert(whole.end, `${close})${outerClose}`),
    ],
  };
};

/** A call that is a statement: its value is not needed. */
function statementAround(ts: TypeScript, node: ts.Expression): ts.Expression | undefined {
  for (let at: ts.Node = node; ; at = at.parent) {
    if (ts.isExpressionStatement(at.parent)) return at as ts.Expression;
    const goesOn =
      (ts.isCallExpression(at.parent) || ts.isPropertyAccessExpression(at.parent)) &&
      at.parent.expression === at;
    if (!goesOn) return undefined;
  }
}

/** From a node outwards, along what is read and called of it: the first value that is no object. */
function plainPart(ts: TypeScript, checker: ts.TypeChecker, node: ts.Expression): ts.Expression | undefined {
  for (let at = node; ; ) {
    const outer = wrapped(ts, at);
    if (isAssigned(ts, outer)) return undefined;
    if (isPlain(ts, checker.getTypeAtLocation(at))) return at;
    const { parent } = outer;
    const goesOn =
      (ts.isPropertyAccessExpression(parent) ||
        ts.isElementAccessExpression(parent) ||
        ts.isCallExpression(parent) ||
        ts.isNewExpression(parent)) &&
      parent.expression === outer;
    if (!goesOn) return undefined;
    at = parent;
  }
}

/** Strings, numbers, booleans, bigints and nothing. */
function isPlain(ts: TypeScript, type: ts.Type): boolean {
  if (type.isUnion()) return type.types.every((one) => isPlain(ts, one));
  const { StringLike, NumberLike, BooleanLike, BigIntLike, Undefined, Null, Void } = ts.TypeFlags;
  return (type.flags & (StringLike | NumberLike | BooleanLike | BigIntLike | Undefined | Null | Void)) !== 0;
}

function holdsAwait(ts: TypeScript, whole: ts.Node): boolean {
  let found = false;
  walk(ts, whole, (node) => {
    if (ts.isAwaitExpression(node) || ts.isYieldExpression(node)) found = true;
    return !found;
  });
  return found;
}

interface StepName {
  readonly name: string;
  /** What imports it, where it isn't imported. */
  readonly imported: readonly TextEdit[];
}

/** The name that `step` has in a file; undefined where it can't be imported. */
function nameOfStep(ts: TypeScript, sourceFile: ts.SourceFile): StepName | undefined {
  const imports = sourceFile.statements.filter((statement) => ts.isImportDeclaration(statement));
  const named = imports
    .filter(({ moduleSpecifier }) => (moduleSpecifier as ts.StringLiteral).text === 'use-durable')
    .flatMap(({ importClause }) => {
      const bindings = importClause?.namedBindings;
      return importClause && !isTypeOnly(ts, importClause) && bindings && ts.isNamedImports(bindings)
        ? [bindings]
        : [];
    });
  const elements = named.flatMap(({ elements }) => [...elements]);
  const known = elements.find((one) => !one.isTypeOnly && (one.propertyName ?? one.name).text === 'step');
  if (known) return { name: known.name.text, imported: [] };
  if (!ts.isExternalModule(sourceFile)) return undefined;
  const isTaken = /\bstep\b/.test(sourceFile.text);
  const [name, specifier] = isTaken ? ['durableStep', 'step as durableStep'] : ['step', 'step'];
  const last = elements.at(-1);
  if (last) return { name, imported: [insert(last.end, `, ${specifier}`)] };
  const [first] = imports;
  const at = (first ?? sourceFile.statements[0])?.getStart(sourceFile) ?? 0;
  return { name, imported: [insert(at, `import { ${specifier} } from 'use-durable';\n`)] };
}

function isTypeOnly(ts: TypeScript, clause: ts.ImportClause): boolean {
  return clause.phaseModifier === ts.SyntaxKind.TypeKeyword;
}
