import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../transformer/base/diagnostics.ts';
import { formatDiagnostic } from '../../../transformer/base/reporter.ts';
import { transform } from '../../../transformer/index.ts';
import { fixtures } from '../../support/fixtures.ts';
import { isTyped } from '../../support/typed.ts';

const FOLDER = fileURLToPath(new URL('../../diagnostics/', import.meta.url));
const mistakes = fixtures(FOLDER);
const good = fixtures(FOLDER, /^good\.(ts|tsx|js)$/);
// Those that need types are in test/hosts/typed-diagnostics.test.ts.
const bySyntax = mistakes.filter(({ name }) => !isTyped(name));

describe('diagnostics', () => {
  it.each(bySyntax)('$name is reported', ({ name, source, file, lock }) => {
    const [code] = name.split('-');
    const { diagnostics, functions, code: output } = transform(source, { fileName: file, lock });
    expect([...new Set(diagnostics.map((diagnostic) => diagnostic.code))]).toEqual([code?.toUpperCase()]);
    // Wrong code must not be compiled into something, nor run as it is.
    const failed = diagnostics.some(({ severity }) => severity === 'error');
    const concerned = failed ? name !== 'ud1002-nothing-exported' : functions.length > 0;
    expect(output !== source).toBe(concerned);
    if (failed && concerned) expect(output).toMatch(/\$durable\.refuse\(|NotCompiledError/);
    for (const { message, hint, start, length } of diagnostics) {
      expect(message).not.toContain('{}');
      expect(hint).not.toContain('{}');
      expect(start + length).toBeLessThanOrEqual(source.length);
    }
  });

  it.each(good)('$name: ordinary code beside it is not', ({ source, file, lock }) => {
    const { diagnostics, functions } = transform(source, { fileName: file, lock });
    expect(diagnostics).toEqual([]);
    expect(functions.length).toBeGreaterThan(0);
  });

  it('has a fixture for every entry of the catalogue, and a good one beside it', () => {
    const codes = (list: readonly { name: string }[]): string[] =>
      [...new Set(list.map(({ name }) => name.split('-')[0]?.toUpperCase() ?? ''))].sort();
    const all = Object.values(catalogue)
      .map(({ code }) => code)
      .sort();
    expect(codes(mistakes)).toEqual(all);
    expect(codes(good)).toEqual(all);
  });

  it('has no code twice', () => {
    const codes = Object.values(catalogue).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('shows the place, the line and the hint', () => {
    const source = "export function f() {\n  'use durable';\n}\n";
    const [diagnostic] = transform(source, { fileName: 'src/f.ts' }).diagnostics;
    expect(diagnostic && formatDiagnostic(diagnostic, source)).toBe(
      [
        'src/f.ts:2:3 - error UD1003: A durable function must be async; this one is not, so it cannot await its steps.',
        '',
        "2 |   'use durable';",
        '  |   ~~~~~~~~~~~~~~',
        '',
        'Add `async`, or remove the directive.',
        'See use-durable/docs/diagnostics.md#ud1003',
      ].join('\n'),
    );
  });

  it('reports all mistakes of a file, in source order', () => {
    const source = "export function a() { 'use durable'; }\nexport async function b() { 'use durabel'; }\n";
    const { diagnostics } = transform(source, { fileName: 'two.ts' });
    expect(diagnostics.map(({ code, line }) => [code, line])).toEqual([
      ['UD1003', 1],
      ['UD1001', 2],
    ]);
  });

  it('leaves syntax errors to the host and never throws', () => {
    for (const source of [
      "async function f( { 'use durable'",
      "'use durable'",
      "export async function f() { 'use durable'; await }",
    ]) {
      expect(transform(source, { fileName: 'broken.ts' }).code).toBe(source);
    }
  });
});
