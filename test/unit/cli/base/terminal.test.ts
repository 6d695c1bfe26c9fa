import { expect, it, onTestFinished, vi } from 'vitest';
import { columnsOf, plural, widthOf, wrap } from '../../../../cli/base/terminal.ts';

it('breaks lines between words, never a word', () => {
  expect(wrap('one two three a/very/long/path four', 2, 12)).toBe(
    '  one two\n  three\n  a/very/long/path\n  four',
  );
});

it('takes the width of the terminal up to what is easy to read', () => {
  expect([widthOf(40), widthOf(300)]).toEqual([40, 100]);
});

it('takes the width of a pipe from COLUMNS', () => {
  const before = Object.getOwnPropertyDescriptor(process.stdout, 'columns');
  onTestFinished(() => {
    vi.unstubAllEnvs();
    if (before) Object.defineProperty(process.stdout, 'columns', before);
    else Reflect.deleteProperty(process.stdout, 'columns');
  });
  const seen = (columns: number | undefined, variable: string): readonly number[] => {
    Object.defineProperty(process.stdout, 'columns', { value: columns, configurable: true });
    vi.stubEnv('COLUMNS', variable);
    return [widthOf(), columnsOf()];
  };
  expect(seen(undefined, '60')).toEqual([60, 60]);
  expect(seen(undefined, '300')).toEqual([100, 300]);
  for (const wrong of ['', '0', '-5', '1e2', 'wide']) expect(seen(undefined, wrong)).toEqual([80, 100]);
  // A terminal knows better.
  expect(seen(40, '60')).toEqual([40, 40]);
});

it('counts', () => {
  expect([plural(1, 'file'), plural(0, 'file')]).toEqual(['1 file', '0 files']);
});
