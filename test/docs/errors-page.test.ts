import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorCodes, warningCodes } from '../../docs/error-codes.ts';
import { errorExamples } from '../../docs/error-examples.ts';
import { errorsPage, PAGE } from '../../docs/generate-errors.ts';
import { helpFor } from '../../runtime/base/codes.ts';
import { CrashLoopError, DurableError, MisuseError } from '../../runtime/base/errors.ts';
import { NotJsonError } from '../../runtime/http/plain-json.ts';
import { encodeError } from '../../runtime/values/codec.ts';
import { catalogue, helpFor as helpForDiagnostic } from '../../transformer/base/diagnostics.ts';

const page = readFileSync(PAGE, 'utf8');
const diagnostics = readFileSync(new URL('../../docs/diagnostics.md', import.meta.url), 'utf8');
const headingsOf = (text: string): string[] =>
  [...text.matchAll(/^### (\S+)$/gm)].map(([, heading = '']) => heading.toLowerCase());

it('docs/errors.md is up to date; if not, run `npm run docs:errors`', () => {
  expect(page).toBe(errorsPage());
});

describe('the address of help', () => {
  it('leads to a section for every code of an error or a warning', () => {
    const codes = [...Object.keys(errorCodes), ...Object.keys(warningCodes)];
    for (const code of codes) {
      const [path, anchor] = helpFor(code).split('#');
      expect(path).toBe('use-durable/docs/errors.md');
      expect(headingsOf(page)).toContain(anchor);
    }
    expect(headingsOf(page)).toHaveLength(codes.length);
  });

  it('leads to a section for every code of the compiler', () => {
    for (const { code } of Object.values(catalogue)) {
      const [path, anchor] = helpForDiagnostic(code).split('#');
      expect(path).toBe('use-durable/docs/diagnostics.md');
      expect(headingsOf(diagnostics)).toContain(anchor);
    }
  });

  it('is that of the example of each code', () => {
    for (const [code, error] of Object.entries(errorExamples)) {
      expect(error.code).toBe(code);
      expect(error.help).toBe(helpFor(code));
    }
  });

  it('is no property that is listed, copied or recorded', () => {
    const error = new MisuseError('x');
    expect(error.help).toBe('use-durable/docs/errors.md#misuse');
    expect(Object.hasOwn(error, 'help')).toBe(false);
    expect(JSON.parse(JSON.stringify(error))).toEqual({ code: 'MISUSE', name: 'MisuseError' });
    class Own extends MisuseError {}
    for (const thrown of [error, new Own('x'), new NotJsonError('a', 'b')])
      expect(encodeError(thrown, 'error of step `x`')).not.toContain('help');
    expect(new CrashLoopError('r', 'x').help).toBe('use-durable/docs/errors.md#crash_loop');
  });

  it('is the page, for a code of somebody else', () => {
    expect(new DurableError('DECLINED', 'x').help).toBe('use-durable/docs/errors.md');
    expect(new DurableError('toString', 'x').help).toBe('use-durable/docs/errors.md');
  });
});
