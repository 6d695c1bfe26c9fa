import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { TypeScriptMissingError } from '../../../../transformer/base/typescript.ts';
import transformProgram from '../../../../transformer/hosts/tspc.ts';

describe('a copy of TypeScript that ts-patch hands over', () => {
  const program = ts.createProgram([], {});

  it.each([
    ['5.9.3', 'typescript@6'],
    ['7.2.0-dev.1', '@typescript/typescript6'],
  ])('is refused in version %s', (version, what) => {
    const install = (): ts.Program => transformProgram(program, undefined, {}, { ts: { ...ts, version } });
    expect(install).toThrow(TypeScriptMissingError);
    expect(install).toThrow(
      `use-durable compiles with TypeScript 6. Version ${version} is installed. Add it where you build: npm install --save-dev ${what}. `,
    );
  });

  it('is taken in version 6', () => {
    expect(transformProgram(program, undefined, {}, { ts })).toBe(program);
  });
});
