import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mayHoldDirective } from '../../transformer/base/may-concern.ts';
import { loadSyntax } from '../../transformer/base/typescript.ts';
import { ask, isInteractive, styled } from '../base/terminal.ts';
import { revisionsOf, textAt } from '../changes/git.ts';
import { type KnownFunction, readFunctions } from '../changes/read-functions.ts';
import { newestOf } from '../changes/successor.ts';
import { diff } from '../edit/diff.ts';
import { filesOf, readText } from '../project/files.ts';
import { FreezeError, type Frozen, freezeInto } from './frozen.ts';

export interface FreezeOptions {
  /** The revision that has the old function. */
  readonly from?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** The old function, and where it comes from. */
interface Old {
  readonly fn: KnownFunction;
  readonly text: string;
  readonly revision: string;
}

/**
 * Writes the old code of a durable function beside the new one, as an earlier version of it.
 *
 * @param name what the function is called in its file, or its id
 * @returns the exit code: 1 if nothing was written, or the old function uses what is gone
 * @throws NoComparisonError without a revision to read
 */
export async function freeze(name: string, root: string, options: FreezeOptions): Promise<number> {
  const { json = false, yes = false } = options;
  try {
    const { file, before, frozen, number, revision } = prepared(name, root, options.from);
    const lines = diff(before, frozen.text).map(({ kind, text }) => kind + text);
    if (!json) {
      console.log(`${file}, from ${revision}:\n${lines.join('\n')}\n`);
      if (frozen.missing.length > 0)
        console.log(
          `${frozen.name} uses what this file doesn't have any more: ${frozen.missing.join(', ')}.`,
        );
    }
    const written = yes || (isInteractive() && !json && (await ask(`Write it to ${file}?`)));
    if (written) writeFileSync(join(root, file), frozen.text);
    const { name: kept, missing } = frozen;
    if (json)
      console.log(
        JSON.stringify({ file, name: kept, number, revision, missing, diff: lines, written }, null, 2),
      );
    else if (!written) console.log('Nothing was written. Use --yes to write it.');
    return written && missing.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof FreezeError)) throw error;
    if (json) console.log(JSON.stringify({ error: { message: error.message } }, null, 2));
    else console.error(`${styled('red', 'refused')}: ${error.message}`);
    return 1;
  }
}

interface Prepared {
  readonly file: string;
  readonly before: string;
  readonly frozen: Frozen;
  readonly number: number;
  readonly revision: string;
}

function prepared(name: string, root: string, from: string | undefined): Prepared {
  const all = functionsOf(root);
  const { found, newest: now } = functionCalled(name, all);
  if (found !== now)
    throw new FreezeError(
      `${found.name} keeps the code of version ${found.number} of ${now.name} already. Name ${now.name} to keep the code that it had before.`,
    );
  const versions = all.filter(({ id }) => id === now.id);
  const { file } = now;
  const old = oldOf(root, now, versions, from);
  const number = old.fn.number ?? Math.max(0, ...versions.map((one) => one.number ?? 0)) + 1;
  if (versions.some((one) => one.number === number) || (now.number ?? Infinity) <= number)
    throw new FreezeError(
      `The new function is version ${now.number}, and the old one would be ${number}. Give the new one a higher number first, or none.`,
    );
  const before = readText(join(root, file)) ?? '';
  const comment = `The code of version ${number}, for the runs that began with it.`;
  const frozen = freezeInto(
    loadSyntax(),
    { ...now, text: before },
    { ...old.fn, text: old.text },
    { of: now.name, number, comment },
  );
  const kept = readFunctions(root, new Map([[file, frozen.text]])).functions.find(
    (one) => one.id === now.id && one.number === number,
  );
  if (kept?.manifest.version !== old.fn.manifest.version)
    throw new FreezeError(
      `Beside the new function the old one would be other code than in ${old.revision}, so its runs would not find it: a lock may have ` +
        'given its calls other ids, or the file has changed too much. Nothing was written.',
    );
  return { file, before, frozen, number, revision: old.revision };
}

function functionsOf(root: string): readonly KnownFunction[] {
  const texts = new Map<string, string>();
  for (const file of filesOf(root)) {
    if (!/\.[cm]?[jt]sx?$/.test(file)) continue;
    const text = readText(join(root, file));
    if (text !== undefined && mayHoldDirective(text)) texts.set(file, text);
  }
  return readFunctions(root, texts).functions;
}

/** The function with a name or an id, and the newest version of it. */
function functionCalled(
  name: string,
  all: readonly KnownFunction[],
): { readonly found: KnownFunction; readonly newest: KnownFunction } {
  const found = all.filter((one) => one.id === name || one.name === name || one.id.endsWith(`#${name}`));
  const ids = [...new Set(found.map(({ id }) => id))];
  if (ids.length === 0) throw new FreezeError(`There is no durable function "${name}" here.`);
  if (ids.length > 1)
    throw new FreezeError(`"${name}" is several functions: ${ids.join(', ')}. Name one by its id.`);
  const newest = newestOf(all.filter(({ id }) => id === ids[0]))!;
  return { found: found.includes(newest) ? newest : found[0]!, newest };
}

/**
 * The code that a function had before. Where that is kept already, older code is written only if its revision is named: it would get
 * a higher number than newer code.
 */
function oldOf(
  root: string,
  now: KnownFunction,
  versions: readonly KnownFunction[],
  from: string | undefined,
): Old {
  const { file, id } = now;
  const kept = new Set(versions.map(({ version }) => version));
  for (const revision of from === undefined ? revisionsOf(root, file) : [from]) {
    const text = textAt(root, revision, file);
    const found = text === undefined ? [] : readFunctions(root, new Map([[file, text]])).functions;
    const fn =
      found.find((one) => one.id === id && one.number === now.number) ?? found.find((one) => one.id === id);
    if (text === undefined || fn === undefined || fn.version === now.version) continue;
    if (!kept.has(fn.version)) return { fn, text, revision: revision.slice(0, 10) };
    const { name, number } = versions.find(({ version }) => version === fn.version)!;
    throw new FreezeError(
      `The code that ${now.name} had before is kept already: ${name} is version ${number}. Name the revision of older code with --from.`,
    );
  }
  throw new FreezeError(
    from === undefined
      ? `No revision of ${file} has other code of ${now.name} than the files have now.`
      : `In ${from} ${file} has no other code of ${now.name} than the files have now.`,
  );
}
