import type ts from 'typescript';
import type { AnalyzedFunction } from '../analyze.ts';
import { type ProgramTypes, recordedResults } from '../check-types/index.ts';
import type { ShapeReader } from './read-shapes.ts';
import type { Shape } from './shape.ts';

/** A value that journals have, and what code makes of it. */
export interface RecordedShape {
  /** Of the call; empty for the input of the function. */
  readonly id: string;
  /** What this code records. */
  readonly recorded: Shape;
  /** What this code takes a recorded value for; undefined if it doesn't use it. */
  readonly expected: Shape | undefined;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

/** The input of a durable function, and the results that it records, as far as types show. */
export function recordedShapes(
  types: ProgramTypes,
  { body, sites }: AnalyzedFunction,
  shapes: ShapeReader,
): readonly RecordedShape[] {
  const { ts, checker } = types;
  const found = [...recordedResults(types, body, sites), ...signals()].map(
    ({ id, node, type }): RecordedShape => {
      const { expected, isUsed } = useOf(node, type);
      const open = isOpen(type) ? expected : type;
      return {
        id,
        recorded: shapes.of(open),
        expected: isUsed ? shapes.of(expected) : undefined,
        ...body.file.positionOf(node),
      };
    },
  );
  const { node } = body.durable;
  const input = inputOf(node.parameters);
  return [{ id: '', recorded: input, expected: input, ...body.file.positionOf(node) }, ...found];

  /** What comes from outside, as the code calls it. */
  function signals(): readonly { readonly id: string; readonly node: ts.Node; readonly type: ts.Type }[] {
    return sites.flatMap(({ site, node: call }) => {
      if (site.kind !== 'signal') return [];
      const type = checker.getAwaitedType(checker.getTypeAtLocation(call));
      return type ? [{ id: site.id, node: call, type }] : [];
    });
  }

  function isOpen({ flags }: ts.Type): boolean {
    return (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0;
  }

  /** `(await load()) as Order`, `const order: Order = await load()`: of a value without a type, that is what the code expects. */
  function useOf(call: ts.Node, type: ts.Type): { readonly expected: ts.Type; readonly isUsed: boolean } {
    let at: ts.Node = call;
    let expected = type;
    for (;;) {
      const { parent } = at;
      if (ts.isAsExpression(parent) && isOpen(expected)) expected = checker.getTypeAtLocation(parent);
      else if (!isTransparent(parent)) break;
      at = parent;
    }
    const { parent } = at;
    if (ts.isVariableDeclaration(parent) && parent.initializer === at && parent.type && isOpen(expected))
      expected = checker.getTypeAtLocation(parent.name);
    return { expected, isUsed: !(ts.isExpressionStatement(parent) || ts.isVoidExpression(parent)) };
  }

  function isTransparent(node: ts.Node): boolean {
    return (
      ts.isAwaitExpression(node) ||
      ts.isParenthesizedExpression(node) ||
      ts.isAsExpression(node) ||
      ts.isSatisfiesExpression(node) ||
      ts.isNonNullExpression(node)
    );
  }

  function inputOf(parameters: readonly ts.ParameterDeclaration[]): Shape {
    const own = parameters.filter(({ name }) => !(ts.isIdentifier(name) && name.text === 'this'));
    const elements = own.map((one) => {
      const of = shapes.of(checker.getTypeAtLocation(one));
      const isRest = one.dotDotDotToken !== undefined;
      const [element] = isRest && of.form.kind === 'list' ? of.form.elements : [];
      return {
        shape: element?.shape ?? of,
        isOptional: one.questionToken !== undefined || one.initializer !== undefined,
        isRest,
      };
    });
    return { form: { kind: 'list', elements } };
  }
}
