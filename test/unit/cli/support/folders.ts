/** Small projects on disk, each in a folder of its own that goes after the test. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { examine } from '../../../../cli/doctor/examine.ts';
import { readProject } from '../../../../cli/project/project.ts';

const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

/** A durable function, as a file. */
export const ORDER = `import { charge } from './charge.ts';

export async function order(n: number) {
  'use durable';
  return await charge(n);
}
`;

export const CHARGE = 'export const charge = async (n: number) => n;\n';

export type Files = Readonly<Record<string, string>>;

/** @param installed packages of this repository that the project has; default: TypeScript */
export function folderOf(files: Files, installed: readonly string[] = ['typescript']): string {
  const folder = mkdtempSync(join(tmpdir(), 'use-durable-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [file, text] of Object.entries(files)) write(folder, file, text);
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  for (const name of installed) symlinkSync(join(modules, name), join(folder, 'node_modules', name));
  return folder;
}

export function write(folder: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

export const read = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');

interface ManifestOf {
  readonly scripts?: Files;
  readonly devDependencies?: Files;
  readonly type?: string;
}

/** A `package.json` with everything that `init` would install, so that only the build is left. */
export const manifestOf = ({
  scripts = {},
  devDependencies = {},
  type = 'module',
}: ManifestOf = {}): string =>
  `${JSON.stringify(
    {
      name: 'shop',
      type,
      scripts,
      dependencies: { 'use-durable': '*' },
      devDependencies: { typescript: '6', 'ts-patch': '4', tsx: '4', ...devDependencies },
    },
    null,
    2,
  )}\n`;

/** The findings of `doctor`, as `severity code file:line`. */
export const found = (folder: string): readonly string[] =>
  examine(readProject(folder)).findings.map(
    ({ severity, code, file, line }) => `${severity} ${code} ${file}:${line}`,
  );
