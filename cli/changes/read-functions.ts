/** The durable functions of given texts, without types: their manifests, and what decides which calls come. */

import { readFileSync, realpathSync } from 'node:fs';
import nodePath from 'node:path';
import type { KnownCode } from '../../runtime/tools.ts';
import { analyze } from '../../transformer/analyze.ts';
import { type Disk, placeOf } from '../../transformer/base/file-id.ts';
import { mayConcern } from '../../transformer/base/may-concern.ts';
import { functionKey, type Manifest } from '../../transformer/base/plan.ts';
import { loadSyntax } from '../../transformer/base/typescript.ts';
import { courseOf, sincesOf } from '../../transformer/course/course.ts';
import { lockOfFile } from '../../transformer/lock/read-lock.ts';
import { absolute, type Texts } from '../compile/project-files.ts';
import type { Versioned } from './successor.ts';

/** One durable function of one side of a comparison. */
export interface KnownFunction extends KnownCode, Versioned {
  readonly package: string | undefined;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The names that it gives to `since`. */
  readonly sinces: ReadonlySet<string>;
  /** Its course for runs for which these are false. */
  courseWithout(sinces: ReadonlySet<string>): KnownCode['course'];
  readonly sites: Manifest['sites'];
}

export interface ReadFunctions {
  readonly functions: readonly KnownFunction[];
  /** Files that can't be read, for their syntax. */
  readonly broken: readonly string[];
}

const SOURCE = /\.[cm]?[jt]sx?$/;
const DECLARATION = /\.d\.[cm]?ts$/;

/** @param texts of the files to read; what isn't among them is on disk */
export function readFunctions(root: string, texts: Texts): ReadFunctions {
  const disk = diskWith(root, texts);
  const functions: KnownFunction[] = [];
  const broken: string[] = [];
  for (const [file, text] of texts) {
    if (text === undefined || !SOURCE.test(file) || DECLARATION.test(file) || !mayConcern(text)) continue;
    const found = functionsIn(root, file, text.replace(/^\uFEFF/, ''), disk);
    if (found === undefined) broken.push(file);
    else functions.push(...found);
  }
  return { functions, broken };
}

function functionsIn(
  root: string,
  file: string,
  text: string,
  disk: Disk,
): readonly KnownFunction[] | undefined {
  const ts = loadSyntax();
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const { parseDiagnostics = [] } = tree as { parseDiagnostics?: readonly unknown[] };
  if (parseDiagnostics.length > 0) return undefined;
  const place = placeOf(absolute(root, file), disk);
  // What a lock doesn't know is told by the diagnostics.
  const lock = place && lockOfFile(place, disk, false);
  const { inTree, manifests } = analyze(ts, tree, file, place?.id, 'look', lock);
  return inTree.flatMap((analyzed) => {
    const { durable } = analyzed.body;
    const found = manifests.get(functionKey(durable));
    if (found === undefined) return [];
    const { version, sites, module, line, column } = found;
    const { id, number, path: name } = durable;
    const manifest = { fn: id, file, version, sites };
    return {
      id,
      number,
      name,
      package: place?.id.package,
      file,
      line,
      column,
      module,
      version,
      sites,
      manifest,
      course: courseOf(analyzed),
      sinces: sincesOf(analyzed),
      courseWithout: (names) => courseOf(analyzed, names),
    };
  });
}

const diskWith = (root: string, texts: Texts): Disk => ({
  readFile: (path) => {
    const file = nodePath.relative(root, path).replaceAll('\\', '/');
    if (texts.has(file)) return texts.get(file);
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
  realpath: realpathSync.native,
  path: nodePath,
});

/**
 * What an older version becomes for its runs. Branches that are new since then are false for those that had passed them, and
 * are no change for all others.
 */
export function asContinued(old: KnownFunction, now: KnownFunction): KnownCode {
  const added = new Set([...now.sinces].filter((name) => !old.sinces.has(name)));
  return added.size === 0 ? now : { manifest: now.manifest, course: now.courseWithout(added) };
}
