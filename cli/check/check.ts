import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreReader } from '../../runtime/tools/runs.ts';
import type { ChangedFiles } from '../changes/git.ts';
import { type CompiledProject, compileProject } from '../compile/compile-project.ts';
import type { SourceFiles } from '../compile/source-files.ts';
import { NoProjectError } from '../project/project.ts';
import { changesSection } from './changes-section.ts';
import { reportOf } from './report.ts';
import { runsSection } from './runs-section.ts';
import type { Section } from './section.ts';

export interface CheckOptions {
  readonly json?: boolean;
  /** For a comment at a pull request. */
  readonly markdown?: boolean;
  /** A revision of Git; `true` where none is named. */
  readonly against?: string | true;
  /** The file of a store, whose runs are judged. */
  readonly store?: string;
  /** Modules of a build, against which runs are replayed. */
  readonly load?: readonly string[];
  /** Again after each change. */
  readonly watch?: boolean;
}

/**
 * Prints the diagnostics of a project, with those that need types, and what its edits do to runs under way. Writes nothing.
 *
 * @returns the exit code: 1 if there are errors, or runs may be parked. Of a watch it is never returned
 * @throws NoProjectError if the folder holds no `package.json`
 * @throws NoComparisonError if there is nothing to compare with
 * @throws TypeScriptMissingError if no TypeScript is there that it can use
 */
export async function check(folder: string, options: CheckOptions): Promise<number> {
  const { json = false, markdown = false, watch = false } = options;
  if (!existsSync(join(folder, 'package.json')))
    throw new NoProjectError(
      `There is no package.json in ${folder}. Run the command in the folder of a project.`,
    );
  if (watch) {
    const { watchReports } = await import('./watch.ts');
    return watchReports(folder, json);
  }
  const compared = await sidesOf(folder, options);
  const known: SourceFiles = new Map();
  const project = compileProject({ root: folder, beside: known, ...(compared && { shapes: 'too' }) });
  const sections = compared ? await sectionsOf(compared, project, known) : [];
  const report = reportOf(project, sections);
  if (json) console.log(JSON.stringify(report.json, null, 2));
  else console.log(markdown ? report.markdown : report.text);
  return report.errors + report.parking > 0 ? 1 : 0;
}

/** What the project is compared with. It is opened before the project is compiled: what can't be used is told at once. */
interface Sides {
  /** A real path. */
  readonly root: string;
  readonly revision: string;
  readonly changed: ChangedFiles | undefined;
  readonly store:
    | { readonly name: string; readonly reader: StoreReader; readonly load: readonly string[] }
    | undefined;
}

async function sidesOf(folder: string, options: CheckOptions): Promise<Sides | undefined> {
  const { against, store, load = [] } = options;
  if (against === undefined && store === undefined) return undefined;
  const { changedSince } = await import('../changes/git.ts');
  const { openStore } = await import('../changes/runs.ts');
  const root = realpathSync(folder);
  const revision = typeof against === 'string' ? against : 'HEAD';
  return {
    root,
    revision,
    changed: against === undefined ? undefined : changedSince(root, revision),
    store: store === undefined ? undefined : { name: store, reader: openStore(store), load },
  };
}

async function sectionsOf(
  { root, revision, changed, store }: Sides,
  project: CompiledProject,
  known: SourceFiles,
): Promise<readonly Section[]> {
  const { compareWithRevision, compareWithStore } = await import('../changes/against.ts');
  const sections: Section[] = [];
  if (changed) sections.push(changesSection(compareWithRevision(root, revision, changed, project, known)));
  if (store) {
    // Runs may be many: what was read for types is not needed any more.
    known.clear();
    const { name, reader, load } = store;
    sections.push(
      runsSection(await compareWithStore(root, reader, { store: name, load, revision }, project)),
    );
  }
  return sections;
}
