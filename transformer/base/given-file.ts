/** What a host hands over of a file, beside what is on disk. */
import { readFileSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mayConcern, mayHoldDirective } from './may-concern.ts';

export interface GivenFile {
  /** Absolute. */
  readonly path: string;
  /** The text on disk, where it differs from what was handed over and may hold a directive: another tool had the file first. */
  readonly written: string | undefined;
}

/**
 * A file that there may be something to do in; undefined for all others. Loads nothing.
 *
 * @param code as the host has it
 * @param path absolute or from the working directory, or a `file:` URL; what stands behind a `?` doesn't count
 */
export function concerned(code: string, path: string): GivenFile | undefined {
  const file = resolve(fileOf(path));
  if (OWN.some((folder) => file.startsWith(folder))) return undefined;
  // Installed files come from other builds, and there are many of them.
  const text = SOURCE.test(file) && !INSTALLED.test(file) ? read(file) : undefined;
  const written = text !== undefined && text !== code && mayHoldDirective(text) ? text : undefined;
  return written !== undefined || mayConcern(code) ? { path: file, written } : undefined;
}

/** Bundlers and loaders also pass the files of this package, whose texts mention directives. */
const OWN = ['runtime', 'transformer'].map((part) => resolve(import.meta.dirname, '../..', part) + sep);

const SOURCE = /\.[cm]?[jt]sx?$/;
const INSTALLED = /[\\/]node_modules[\\/]/;

/** The path of a file, without what hosts put behind it. */
export function fileOf(path: string): string {
  if (path.startsWith('file:')) return fileURLToPath(path.replace(/[?#].*$/, ''));
  return path.replace(/\?.*$/, '');
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
