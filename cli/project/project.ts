import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type InstalledTypeScript, typescriptOf } from '../base/typescript.ts';
import { type Command, commandsOf } from './commands.ts';
import { filesOf, readText } from './files.ts';

/** A folder with a `package.json`, and what can be read of it without running anything. */
export interface Package {
  /** Relative to the folder of the project; empty for the project itself. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** The text of its `package.json`. */
  readonly text: string;
  readonly commands: readonly Command[];
  readonly isModule: boolean;
}

interface Manifest {
  readonly name?: string;
  readonly type?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface Project {
  /** Absolute. */
  readonly folder: string;
  /** Relative to the folder, with forward slashes, sorted. */
  readonly files: readonly string[];
  /** The one of the folder itself comes first. */
  readonly packages: readonly Package[];
  readonly typescript: InstalledTypeScript;
  read(file: string): string;
}

/** There is no `package.json` that can be read. */
export class NoProjectError extends Error {
  override readonly name = 'NoProjectError';
}

/**
 * @param folder absolute
 * @throws NoProjectError if it holds no `package.json`
 */
export function readProject(folder: string): Project {
  const files = filesOf(folder);
  if (!files.includes('package.json'))
    throw new NoProjectError(
      `There is no package.json in ${folder}. Run the command in the folder of a project.`,
    );
  const packages = files
    .filter((file) => /(^|\/)package\.json$/.test(file))
    .flatMap((file) => packageOf(folder, file))
    .sort((a, b) => a.folder.length - b.folder.length);
  if (packages[0]?.folder !== '')
    throw new NoProjectError(`The package.json in ${folder} is not valid JSON. Correct it first.`);
  return {
    folder,
    files,
    packages,
    typescript: typescriptOf(folder),
    read: (file) => readText(join(folder, file)) ?? '',
  };
}

function packageOf(folder: string, file: string): readonly Package[] {
  const text = readText(join(folder, file)) ?? '';
  try {
    const manifest = JSON.parse(text.replace(/^\uFEFF/, '')) as Manifest;
    const path = dirname(file) === '.' ? '' : dirname(file);
    const { scripts = {}, type } = manifest;
    return [{ folder: path, manifest, text, commands: commandsOf(scripts), isModule: type === 'module' }];
  } catch {
    return [];
  }
}

/** Whether a file is below a folder; everything is below the empty one. */
export const isBelow = (file: string, folder: string): boolean =>
  folder === '' || file.startsWith(`${folder}/`);

/** The files of a package, without those of packages below it. */
export function filesOfPackage({ files, packages }: Project, { folder }: Package): readonly string[] {
  const inner = packages.filter((one) => one.folder !== folder && isBelow(one.folder, folder));
  return files.filter((file) => isBelow(file, folder) && !inner.some((one) => isBelow(file, one.folder)));
}

export const isDependency = ({ manifest }: Package, name: string): boolean =>
  manifest.dependencies?.[name] !== undefined || manifest.devDependencies?.[name] !== undefined;

/** A path of a package, as one of the project. */
export const inPackage = ({ folder }: Package, file: string): string =>
  join(folder, file).replaceAll('\\', '/');

/** The command that installs packages failed. */
export class InstallError extends Error {
  override readonly name = 'InstallError';
}

/** Whether a package can be loaded from a folder, also where a folder above has it. */
export function isInstalled(folder: string, name: string): boolean {
  try {
    createRequire(join(folder, 'package.json')).resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}

/** The command that installs packages for development, by the package manager whose lockfile is there. */
export function installCommand(folder: string, packages: readonly string[], kind: 'dev' | 'prod'): string {
  const has = (file: string): boolean => existsSync(join(folder, file));
  const names = packages.join(' ');
  const dev = kind === 'dev';
  if (has('pnpm-lock.yaml')) return `pnpm add ${dev ? '-D ' : ''}${names}`;
  if (has('yarn.lock')) return `yarn add ${dev ? '-D ' : ''}${names}`;
  if (has('bun.lock') || has('bun.lockb')) return `bun add ${dev ? '-d ' : ''}${names}`;
  return `npm install ${dev ? '--save-dev ' : ''}${names}`;
}
