import * as fc from 'fast-check';
import { EXPRESSIONS } from './expressions.ts';
import type { Expr, Shape, Stmt } from './shapes.ts';
import { LEAVES, SEQUENTIAL, STATEMENTS } from './statements.ts';

const choice = fc.nat({ max: 11 });
const simple = fc.record({ kind: fc.constantFrom('literal', 'variable'), a: choice });

const blocksOf = (statements: readonly string[], expressions: readonly string[]) =>
  fc.letrec<{ expr: Expr; stmt: Stmt; block: readonly Stmt[] }>((tie) => ({
    expr: fc.oneof(
      { depthSize: 'small', maxDepth: 3, withCrossShrink: true, depthIdentifier: 'expr' },
      simple,
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constantFrom(...expressions),
          a: choice,
          x: tie('expr'),
          y: tie('expr'),
        }),
      },
    ) as fc.Arbitrary<Expr>,
    stmt: fc.oneof(
      { depthSize: 'small', maxDepth: 3, withCrossShrink: true, depthIdentifier: 'stmt' },
      fc.record({
        kind: fc.constantFrom(...LEAVES),
        a: choice,
        b: choice,
        x: tie('expr'),
        y: tie('expr'),
        one: fc.constant([]),
        two: fc.constant([]),
      }),
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constantFrom(...statements),
          a: choice,
          b: choice,
          x: tie('expr'),
          y: tie('expr'),
          one: tie('block'),
          two: tie('block'),
        }),
      },
    ) as fc.Arbitrary<Stmt>,
    block: fc.array(tie('stmt'), { maxLength: 3, size: 'max' }) as fc.Arbitrary<readonly Stmt[]>,
  }));

const kinds = Object.keys(EXPRESSIONS);
const sequential = blocksOf(
  SEQUENTIAL,
  kinds.filter((kind) => kind !== 'pair'),
);
const any = blocksOf(Object.keys(STATEMENTS), kinds);

const programOf = (wild: boolean, { block, expr }: typeof any): fc.Arbitrary<Shape> =>
  fc.record({
    wild: fc.constant(wild),
    bare: fc.oneof(
      { withCrossShrink: true },
      { weight: 7, arbitrary: fc.constant(undefined) },
      fc.array(choice, { minLength: 2, maxLength: 6 }),
    ),
    durables: fc.array(fc.record({ form: choice, statements: block, result: expr }), { maxLength: 2 }),
    statements: fc.array(block, { maxLength: 5, minLength: 2 }).map((blocks) => blocks.flat()),
  });

/** Random programs, before they have a text. */
export const shapes: fc.Arbitrary<Shape> = fc.oneof(
  programOf(false, sequential),
  { weight: 2, arbitrary: programOf(false, any) },
  { weight: 2, arbitrary: programOf(true, any) },
);
