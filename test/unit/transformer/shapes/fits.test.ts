// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are types
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { type Misfit, misfitOf } from '../../../../transformer/shapes/fits.ts';
import { ShapeReader } from '../../../../transformer/shapes/read-shapes.ts';
import type { Shape } from '../../../../transformer/shapes/shape.ts';
import { shapeOfValue } from '../../../../transformer/shapes/value-shape.ts';
import { STRICT } from '../../../support/typed.ts';

const DECLARED = `
interface Tree { readonly value: number; readonly children: readonly Tree[] }
interface OtherTree { readonly value: number; readonly children: readonly OtherTree[] }
interface DeepTree { readonly value: number; readonly children: readonly DeepTree[]; readonly parent: string }
interface Nested<T> { readonly value: T; readonly next?: Nested<T[]> }
enum Colour { Red, Green }
enum Mode { On = 'on', Off = 'off' }
class Money { #cents = 1; constructor(readonly currency: string) {} get text(): string { return this.currency; } add(): void {} }
type Branded = string & { readonly __brand: 'id' };
type Ok = { readonly ok: true; readonly value: number };
type Failed = { readonly ok: false; readonly reason: string };
`;

/** Shapes of types by their texts, of one program. */
function shapesOf(texts: readonly string[], options: ts.CompilerOptions = {}): ReadonlyMap<string, Shape> {
  const all = [...new Set(texts)];
  const source = `${DECLARED}${all.map((text, index) => `export declare const v${index}: ${text};`).join('\n')}`;
  const settings = { ...STRICT, ...options };
  const host = ts.createCompilerHost(settings, true);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === '/types.ts' || fileExists(name);
  host.getSourceFile = (name, language) =>
    name === '/types.ts' ? ts.createSourceFile(name, source, language, true) : getSourceFile(name, language);
  const program = ts.createProgram(['/types.ts'], settings, host);
  const file = program.getSourceFile('/types.ts')!;
  expect(program.getSemanticDiagnostics(file)).toEqual([]);
  const reader = new ShapeReader(ts, program);
  const checker = program.getTypeChecker();
  const declared = file.statements
    .filter(ts.isVariableStatement)
    .map((one) => one.declarationList.declarations[0]!);
  return new Map(
    all.map((text, index) => [text, reader.of(checker.getTypeAtLocation(declared[index]!.name))]),
  );
}

type Row = readonly [
  recorded: string,
  expected: string,
  misfit?: readonly [path: string, recorded: string, expected: string],
];

const ROWS: readonly Row[] = [
  // What fits
  ['string', 'string'],
  ['"a"', 'string'],
  ['"a"', '"a" | "b"'],
  ['{ id: string }', '{ id: string; note?: string }'],
  ['{ id: string }', '{ id: string; note: string | undefined }'],
  ['{ id: string }', '{ id: string; note: unknown }'],
  ['{ id: string; note: string }', '{ id: string }'],
  ['{ id: string }', '{ readonly id: string | number }'],
  ['any', '{ id: string }'],
  ['unknown', '{ id: string }'],
  ['{ id: string }', 'any'],
  ['{ id: string }', 'unknown'],
  ['{ id: string }', 'void'],
  ['void', 'undefined'],
  ['void', 'string | undefined'],
  ['never', 'string'],
  ['string', 'Branded'],
  ['Branded', 'string'],
  ['string[]', 'readonly (string | number)[]'],
  ['[string, number]', '[string, number?]'],
  ['[string]', '[string, number?]'],
  ['[string, ...number[]]', '[string, ...(number | string)[]]'],
  ['[string, string]', 'string[]'],
  ['string[]', '{ readonly length: number; readonly [index: number]: string }'],
  ['Map<string, number>', 'ReadonlyMap<string, number | undefined>'],
  ['Buffer', 'Uint8Array'],
  ['Date', 'Date'],
  ['Tree', 'OtherTree'],
  ['DeepTree', 'Tree'],
  ['Nested<string>', 'Nested<string>'],
  ['boolean', 'true | false'],
  ['{ ok: boolean; value: number }', '{ ok: true; value: number } | { ok: false; value: number }'],
  ['Ok', 'Ok | Failed'],
  ['Colour.Red', 'Colour'],
  ['Mode.On', '"on"'],
  [
    '{ id: string; run(): void }',
    '{ id: string; run(): Promise<void>; stop?: () => void; each: () => number }',
  ],
  ['{ currency: string }', 'Money'],
  ['Money', '{ currency: string }'],
  ['Record<string, number>', '{ readonly [name: string]: number | string }'],
  ['{ a: number; b: number }', 'Record<string, number>'],
  ['{ id: string }', '{}'],
  ['{ id: string }', 'object'],
  ['`order-${number}`', 'string'],
  ['`order-${number}`', '`order-${number}`'],
  ['"order-5"', '`order-${number}`'],
  ['5n', 'bigint'],
  ['TypeError', 'Error'],
  ['null', 'string | null'],
  // What doesn't
  ['number', 'string', ['', 'number', 'string']],
  ['string', '"a" | "b"', ['', 'string', '"a" | "b"']],
  ['"c"', '"a" | "b"', ['', '"c"', '"a" | "b"']],
  ['{ id: string }', '{ id: string; total: number }', ['.total', 'missing', 'number']],
  ['{ id: string; total?: number }', '{ id: string; total: number }', ['.total', 'missing', 'number']],
  ['{ id: string; total?: number }', '{ id: string; total?: string }', ['.total', 'number', 'string']],
  ['{ id: string }', '{ key: string }', ['.key', 'missing', 'string']],
  ['{ total: number }', '{ total: { amount: number } }', ['.total', 'number', '{ amount: number }']],
  ['{ of: { "a b": number } }', '{ of: { "a b": string } }', ['.of["a b"]', 'number', 'string']],
  ['void', 'string', ['', 'undefined', 'string']],
  ['string | undefined', 'string', ['', 'undefined', 'string']],
  ['string | null', 'string | undefined', ['', 'null', 'string | undefined']],
  ['string[]', 'number[]', ['[…]', 'string', 'number']],
  ['[string]', '[string, number]', ['[1]', 'missing', 'number']],
  ['string[]', '[string]', ['[0]', 'missing', 'string']],
  ['{ id: string }', '{ id: string }[]', ['', '{ id: string }', '{ id: string }[]']],
  ['{ id: string }[]', '{ id: string }', ['.id', 'missing', 'string']],
  ['Map<string, number>', 'Map<string, string>', ['.values()', 'number', 'string']],
  ['Map<number, string>', 'Map<string, string>', ['.keys()', 'number', 'string']],
  ['Set<number>', 'Set<string>', ['.values()', 'number', 'string']],
  ['string', 'Date', ['', 'string', 'Date']],
  ['Date', 'string', ['', 'Date', 'string']],
  ['Uint8Array', 'Buffer', ['', 'Uint8Array', 'Buffer']],
  ['Tree', 'DeepTree', ['.parent', 'missing', 'string']],
  ['{ tree?: Tree }', '{ tree?: DeepTree }', ['.tree.parent', 'missing', 'string']],
  ['boolean', 'true', ['', 'boolean', 'true']],
  ['Ok | Failed', 'Ok', ['.ok', 'false', 'true']],
  ['Colour', 'Colour.Red', ['', '1', '0']],
  ['Record<string, number>', '{ a: number }', ['.a', 'missing', 'number']],
  ['{ a: number; b: string }', 'Record<string, number>', ['.b', 'string', 'number']],
  ['null', '{}', ['', 'null', '{}']],
  ['string', '`order-${number}`', ['', 'string', 'a string of a pattern']],
  ['{ text: string }', 'Money', ['.currency', 'missing', 'string']],
  ['Money', '{ text: string }', ['.text', 'missing', 'string']],
];

describe('recorded values and the type that code expects', () => {
  const shapes = shapesOf(ROWS.flatMap(([recorded, expected]) => [recorded, expected] as const));
  for (const [recorded, expected, misfit] of ROWS)
    it(`${recorded} ${misfit ? 'does not fit' : 'fits'} ${expected}`, () => {
      const found = misfitOf(shapes.get(recorded)!, shapes.get(expected)!);
      const [path, is, isExpected] = misfit ?? [];
      expect(found).toEqual(misfit && ({ path, recorded: is, expected: isExpected } as Misfit));
    });

  it('without strict null checks any value may be null', () => {
    const loose = shapesOf(
      ['string', 'string | null', '{ id: string; total: number }', '{ id: string }', 'number'],
      {
        strict: false,
        strictNullChecks: false,
      },
    );
    const of = (recorded: string, expected: string): Misfit | undefined =>
      misfitOf(loose.get(recorded)!, loose.get(expected)!);
    expect(of('string | null', 'string')).toBeUndefined();
    expect(of('{ id: string }', '{ id: string; total: number }')).toBeUndefined();
    expect(of('string', 'number')).toBeDefined();
  });
});

describe('a value and the type that code expects', () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  const VALUES: readonly (readonly [name: string, value: unknown, expected: string, path?: string])[] = [
    ['a text', 'a', 'string'],
    ['a number', 1, 'string', ''],
    ['an object', { id: 'a', total: 1 }, '{ id: string; total: number }'],
    ['an object without a member', { id: 'a' }, '{ id: string; total: number }', '.total'],
    ['a member of another type', { id: 'a', total: '1' }, '{ id: string; total: number }', '.total'],
    ['a list', ['a', 'b'], 'string[]'],
    ['a list with another element', ['a', 2], 'string[]', '[1]'],
    ['a map', new Map([['a', 1]]), 'Map<string, number>'],
    ['a map of others', new Map([['a', 'b']]), 'Map<string, number>', '.values()'],
    ['a date', new Date(0), 'Date'],
    ['a buffer', Buffer.from('a'), 'Uint8Array'],
    ['an error', new TypeError('a'), 'Error'],
    ['one of several', { ok: false, reason: 'a' }, 'Ok | Failed'],
    ['none of several', { ok: false }, 'Ok | Failed', ''],
    ['a literal', 'c', '"a" | "b"', ''],
    ['a text of a pattern', 'order-7', '`order-${number}`'],
    ['a text of another pattern', 'sale-7', '`order-${number}`', ''],
    ['a value in a circle', cyclic, '{ self?: { self?: object } }'],
    ['an instance', Object.assign(Object.create({ add() {} }), { currency: 'EUR' }), 'Money'],
    ['nothing', undefined, 'string | undefined'],
  ];
  const shapes = shapesOf(VALUES.map(([, , expected]) => expected));
  for (const [name, value, expected, path] of VALUES)
    it(`${name} ${path === undefined ? 'fits' : 'does not fit'} ${expected}`, () => {
      expect(misfitOf(shapeOfValue(value), shapes.get(expected)!)?.path).toBe(path);
    });
});
