/** Codes of errors and warnings, and their texts, come from catalogues. */
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../runtime/base/error-codes.ts';
import { readModules } from './modules.ts';

const modules = [...readModules(['runtime']).values()];

describe('codes', () => {
  it('of errors are those of the catalogue, and all of it', () => {
    const used = modules.flatMap(({ source }) =>
      [...source.text.matchAll(/(?:super|new DurableError)\(\s*'([A-Z_]+)'/g)].map(([, code]) => code),
    );
    expect([...new Set(used)].sort()).toEqual(Object.keys(errorCodes).sort());
  });

  it('of warnings are given to emitWarning(), which is the only one that asks the process', () => {
    const asking = modules.filter(({ source }) => /process\.emitWarning\(/.test(source.text));
    expect(asking.map(({ file }) => file)).toEqual([
      'runtime/base/warnings.ts',
      // The warning of Node about a timer that is too long, which it would emit itself in plain code.
      'runtime/scope/durable-timers.ts',
    ]);
  });
});
