import { typescriptToInstall } from '../doctor/typescript.ts';
import { durableFilesOf } from '../project/durable-files.ts';
import { installCommand, isDependency, isInstalled, type Project } from '../project/project.ts';
import { usesIn } from '../routes/find-uses.ts';
import type { Use } from '../routes/use.ts';

/** What `init` would change for one use of a tool. */
export interface Step {
  readonly use: Use;
  readonly changes: readonly Change[];
}

export interface Change {
  readonly file: string;
  /** Empty for a new file. */
  readonly before: string;
  readonly after: string;
}

export interface Plan {
  readonly found: readonly Use[];
  readonly steps: readonly Step[];
  /** What can't be written by this command. */
  readonly byHand: readonly Use[];
}

/** The steps build on each other: a later one sees what an earlier one has changed, if it is carried out. */
export function planFor(project: Project): Plan {
  const all = usesIn(project, project.packages[0]!);
  const found = all.filter((use) => isConcerned(project, use, all));
  const missing = found.filter(({ has, fixes }) => !has || fixes.length > 0);
  const steps = missing
    .filter(({ fixes }) => fixes.length > 0)
    .map((use) => ({ use, changes: changesOf(use, project.read) }));
  return { found, steps, byHand: missing.filter(({ fixes }) => fixes.length === 0) };
}

/** @param read the text that a file has now */
export function changesOf({ fixes }: Use, read: (file: string) => string): readonly Change[] {
  const changes = new Map<string, Change>();
  for (const { file, apply } of fixes) {
    const before = changes.get(file)?.before ?? read(file);
    const after = apply(changes.get(file)?.after ?? before);
    if (after !== undefined) changes.set(file, { file, before, after });
  }
  return [...changes.values()].filter(({ before, after }) => before !== after);
}

/** Most scripts that start Node are tools of the project. Those that load durable functions count; without any, the only ones. */
function isConcerned(project: Project, use: Use, all: readonly Use[]): boolean {
  if (use.route.kind !== 'script' && use.route.kind !== 'advice') return true;
  const durable = durableFilesOf(project);
  if (durable.some(({ file }) => use.covers(file))) return true;
  const isSource = project.files.some((file) => /\.[cm]?tsx?$/.test(file) && use.covers(file));
  return durable.length === 0 && isSource && all.every(({ route }) => route.kind === use.route.kind);
}

/** One command line that installs what is missing; undefined if all is there. */
export function installFor(project: Project, found: readonly Use[]): string | undefined {
  const [main] = project.packages;
  const isThere = (name: string): boolean => isDependency(main!, name) || isInstalled(project.folder, name);
  const typescript = typescriptToInstall(project);
  const beside = found.flatMap(({ route }) => route.packages ?? []).filter((name) => !isThere(name));
  const dev = [...new Set([...(typescript === undefined ? [] : [typescript]), ...beside])];
  const commands = [
    ...(isThere('use-durable') || main!.manifest.name === 'use-durable'
      ? []
      : [installCommand(project.folder, ['use-durable'], 'prod')]),
    ...(dev.length > 0 ? [installCommand(project.folder, dev, 'dev')] : []),
  ];
  return commands.length > 0 ? commands.join(' && ') : undefined;
}
