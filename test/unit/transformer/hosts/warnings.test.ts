import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Project, tsconfig } from '../../../support/project.ts';
import { itInFull } from '../../../support/tier.ts';

const WARNED = `export async function main(): Promise<string | undefined> {
  'use durable';
  return process.env.HOME;
}
`;
const project = (name: string, options: Readonly<Record<string, unknown>>): Project =>
  new Project(name, {
    'package.json': '{ "type": "module" }',
    'tsconfig.json': tsconfig(options),
    'src/main.ts': WARNED,
  });
const LINE =
  /^src\/main\.ts\(3,10\): warning TS993009: UD3009: `process\.env\.HOME` may have another value .*\n$/;

describe('warnings of tspc', () => {
  it('are printed, once, and stop no build', () => {
    const warned = project('warnings', { noEmitOnError: true });
    const { status, output } = warned.tool('tspc', '-p', '.');
    expect(output).toMatch(LINE);
    expect(status).toBe(0);
    expect(existsSync(join(warned.folder, 'out/main.js'))).toBe(true);
  });

  itInFull('are printed beside errors, which do', () => {
    const both = project('warnings-and-errors', { noEmitOnError: true });
    both.write('src/bad.ts', "export function bad() {\n  'use durable';\n}\n");
    const { status, output } = both.tool('tspc', '-p', '.');
    expect(output).toContain('warning TS993009');
    expect(output).toContain('error TS991003');
    expect(status).not.toBe(0);
    expect(existsSync(join(both.folder, 'out/main.js'))).toBe(false);
  });

  itInFull('are shown with their line where output is pretty, with --incremental too', () => {
    const pretty = project('warnings-pretty', { pretty: true, incremental: true });
    const { status, output } = pretty.tool('tspc', '-p', '.');
    expect(output).toContain('process.env.HOME;');
    expect(output).toContain('~~~~~~~~');
    expect(status).toBe(0);
  });
});
