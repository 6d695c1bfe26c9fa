/** The trees of files, each read once for all programs that can share it. */
import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';

/** A file, and how it was read. */
interface KnownFile {
  readonly file: ts.SourceFile;
  readonly form: string;
}

/** Trees of files, for all programs whose options read them alike: by these options, then by the names of the files. */
export type SourceFiles = Map<string, Map<string, KnownFile>>;

/**
 * The declarations of the language and of packages, of each TypeScript. They are most of what a program reads, and another
 * compilation in this process reads the same.
 */
const installed = new WeakMap<TypeScript, SourceFiles>();

const INSTALLED = /[\\/]node_modules[\\/].*\.d\.[cm]?ts$/;

/** The trees for programs with certain options. */
export class SharedTrees {
  readonly #ts: TypeScript;
  readonly #own: Map<string, KnownFile>;
  readonly #installed: Map<string, KnownFile>;

  /**
   * @param key of the options, as registries of documents make it
   * @param own the files of the project
   */
  constructor(ts: TypeScript, key: string, own: SourceFiles) {
    this.#ts = ts;
    this.#own = mapOf(own, key);
    const shared = installed.get(ts) ?? new Map();
    installed.set(ts, shared);
    this.#installed = mapOf(shared, key);
  }

  /** @param text undefined if there is no such file */
  tree(
    name: string,
    text: string | undefined,
    how: ts.ScriptTarget | ts.CreateSourceFileOptions,
  ): ts.SourceFile | undefined {
    const files = INSTALLED.test(name) ? this.#installed : this.#own;
    if (text === undefined) {
      files.delete(name);
      return undefined;
    }
    const form = typeof how === 'object' ? JSON.stringify([how.languageVersion, how.impliedNodeFormat]) : '';
    const same = files.get(name);
    if (same !== undefined && same.file.text === text && same.form === form) return same.file;
    const file = this.#ts.createSourceFile(name, text, how);
    files.set(name, { file, form });
    return file;
  }
}

function mapOf(all: SourceFiles, key: string): Map<string, KnownFile> {
  const files = all.get(key) ?? new Map<string, KnownFile>();
  all.set(key, files);
  return files;
}
