import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CommandResult, Project, tsconfig } from '../../../support/project.ts';
import { itInFull } from '../../../support/tier.ts';
import { shapes } from './shapes.ts';

/** The same through `tspc`: what is said and emitted, compared with the compiler alone on the same files. */
const GOOD = `const f = async (x: number): Promise<number> => x;
export async function main(x: number): Promise<number> {
  'use durable';
  return await f(x);
}
`;

const compile = (name: string, files: Readonly<Record<string, string>>) => {
  const sources = Object.entries(files).map(([file, text]) => [`src/${file}`, text] as const);
  // Types are not what these are about, and large files of them take long.
  const options = { noCheck: true, types: [] };
  const project = new Project(`bad-input-${name}`, {
    'package.json': '{ "type": "module" }',
    'with.json': tsconfig(options),
    'without.json': tsconfig({ ...options, plugins: [], outDir: 'plain' }),
    ...Object.fromEntries(sources),
  });
  const read = (file: string): string => readFileSync(join(project.folder, file), 'utf8');
  return {
    ours: project.tool('tspc', '-p', 'with.json'),
    alone: project.tool('tspc', '-p', 'without.json'),
    emitted: (file: string) => read(`out/${file}`),
    plain: (file: string) => read(`plain/${file}`),
  };
};

const errors = ({ output }: CommandResult): string[] =>
  output.split('\n').filter((line) => line.includes(': error '));

describe('tspc', () => {
  it('syntax errors are those of TypeScript, and nothing is made of the rest', { timeout: 60_000 }, () => {
    const broken: Readonly<Record<string, string>> = {
      'open-block.ts': GOOD.slice(0, GOOD.lastIndexOf('}')),
      'open-call.ts': GOOD.replace('f(x);', 'f(x;'),
      'half-await.ts': GOOD.replace('return await f(x);', 'return await'),
      'half-directive.ts': GOOD.replace("'use durable'", "'use durable"),
      'half-name.ts': `${GOOD}export async function other`,
      'conflict.ts': GOOD.replace('  return', '<<<<<<< HEAD\n  return').replace('(x);', '(x);\n>>>>>>> b'),
      'open-template.ts': `${GOOD}\``,
    };
    const { ours, alone, emitted, plain } = compile('syntax', { ...broken, 'good.ts': GOOD });
    expect(errors(alone).length).toBeGreaterThanOrEqual(Object.keys(broken).length);
    expect(errors(ours)).toEqual(errors(alone));
    for (const file of Object.keys(broken)) {
      const script = file.replace('.ts', '.js');
      expect(emitted(script)).toBe(plain(script));
    }
    expect(emitted('good.js')).toContain('$durable');
  });

  itInFull('files with nothing to compile in them', { timeout: 60_000 }, () => {
    const files = {
      'directives.ts': "'use strict';\n'use durable';\n'use client';\n".repeat(2000),
      'empty.ts': '',
      'in-strings.ts': 'export const text = "\'use durable\'";\n',
      'good.ts': GOOD,
    };
    const { ours, alone, emitted, plain } = compile('nothing', files);
    expect(errors(alone)).toEqual([]);
    expect(new Set(errors(ours).map((line) => /\w+: error TS\d+|UD\d+/.exec(line)?.[0]))).toEqual(
      new Set(['UD1002']),
    );
    for (const file of ['directives.js', 'empty.js', 'in-strings.js'])
      expect(emitted(file)).toBe(plain(file));
    expect(emitted('good.js')).toContain('$durable');
  });

  itInFull('a file of 5 MB', { timeout: 120_000 }, () => {
    const line = (index: number): string =>
      `export const x${index} = { a: [1, 2, 3], b: "text", c: (y: number) => y + 1 };\n`;
    const many = Array.from({ length: 40_000 }, (_, index) => line(index)).join('');
    const { ours, emitted } = compile('large', {
      'large.ts': `${many}${GOOD}${'// a comment\n'.repeat(200_000)}`,
    });
    expect(ours).toEqual({ status: 0, output: '' });
    expect(emitted('large.js')).toContain('$.call("f", f)(x)');
  });

  itInFull('what the compiler can emit and we cannot is an error at the file', { timeout: 60_000 }, () => {
    const { ours, alone, emitted, plain } = compile('deep', {
      'a-good.ts': GOOD,
      'deep.ts': shapes['binary + of awaits']?.(4000) ?? '',
      'other-good.ts': GOOD,
    });
    expect(alone).toEqual({ status: 0, output: '' });
    expect(errors(ours)).toEqual([
      expect.stringMatching(/^src\/deep\.ts\(\d+,\d+\): error TS992005: UD2005/),
    ]);
    expect(ours.status).not.toBe(0);
    // It is never run as if it were plain.
    expect(emitted('deep.js')).toContain('$durable.refuse');
    expect(plain('deep.js')).not.toContain('$durable');
    for (const file of ['a-good.js', 'other-good.js']) expect(emitted(file)).toContain('$durable');
  });

  itInFull('10,000 levels are too many for the compiler with us and without us', { timeout: 60_000 }, () => {
    const { ours, alone } = compile('too-deep', { 'deep.ts': shapes.parentheses?.(10_000) ?? '' });
    for (const { status, output } of [ours, alone]) {
      expect(status).not.toBe(0);
      expect(output).toContain('RangeError: Maximum call stack size exceeded');
    }
  });
});
