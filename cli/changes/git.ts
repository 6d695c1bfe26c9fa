/** A revision of the project in Git, read without a checkout. */
import { execFileSync, spawnSync } from 'node:child_process';
import { NoComparisonError } from './no-comparison.ts';

/** Files of a revision that aren't as they are in the working tree. */
export interface ChangedFiles {
  /** The commit, as a full hash. */
  readonly commit: string;
  /** Texts in the revision, by paths from the root, with forward slashes; undefined where it has no such file. */
  readonly texts: ReadonlyMap<string, string | undefined>;
}

const MOST_OUTPUT = 2 ** 30;

/**
 * @param root the folder of the project, which may be one of several in the repository
 * @throws NoComparisonError
 */
export function changedSince(root: string, revision: string): ChangedFiles {
  const git = new Git(root);
  const commit = git.commitOf(revision);
  const changed = git.list('diff', '--name-only', '-z', '--no-renames', '--relative', commit, '--', '.');
  const others = git.list('ls-files', '-z', '--others', '--exclude-standard', '--', '.');
  // Every id of a function contains the name of its package, and those of sites are in the lock.
  const isPackage = [...changed, ...others].some((file) => /(^|\/)(package|durable\.lock)\.json$/.test(file));
  const all = isPackage ? git.list('ls-tree', '-r', '-z', '--name-only', commit, '--', '.') : [];
  const files = [...new Set([...changed, ...others, ...all])].filter((file) => CONCERNS.test(file)).sort();
  return { commit, texts: git.texts(commit, files) };
}

const CONCERNS = /(\.[cm]?[jt]sx?|(^|\/)(package|durable\.lock|[jt]sconfig[^/]*)\.json)$/;

/**
 * The commits that have changed a file, the newest first.
 *
 * @throws NoComparisonError
 */
export function revisionsOf(root: string, file: string): readonly string[] {
  const git = new Git(root);
  git.commitOf('HEAD');
  return git.list('log', '-z', '--format=%H', '--max-count=200', '--', file);
}

/**
 * A file in a revision; undefined if it wasn't there.
 *
 * @throws NoComparisonError
 */
export function textAt(root: string, revision: string, file: string): string | undefined {
  const git = new Git(root);
  return git.texts(git.commitOf(revision), [file]).get(file);
}

class Git {
  private readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  commitOf(revision: string): string {
    if (!this.succeeds('rev-parse', '--git-dir'))
      throw new NoComparisonError(
        `${this.root} is in no repository of Git, so there is no revision to compare with.`,
      );
    const found = this.attempt(
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${revision}^{commit}`,
    );
    if (found !== undefined) return found.trim();
    const isShallow = this.attempt('rev-parse', '--is-shallow-repository')?.trim() === 'true';
    throw new NoComparisonError(
      isShallow
        ? `The revision "${revision}" isn't in this clone, which is shallow. Fetch it first: ` +
            '`git fetch --unshallow`, or `fetch-depth: 0` of actions/checkout.'
        : `Git knows no revision "${revision}".`,
    );
  }

  list(...args: readonly string[]): readonly string[] {
    return this.run(...args)
      .split('\0')
      .filter((file) => file !== '');
  }

  /** All in one process: a project may have thousands of files. */
  texts(commit: string, files: readonly string[]): ReadonlyMap<string, string | undefined> {
    const texts = new Map<string, string | undefined>();
    if (files.length === 0) return texts;
    const prefix = this.run('rev-parse', '--show-prefix').trim();
    const names = files.map((file) => `${commit}:${prefix}${file}`);
    const { stdout, status } = spawnSync('git', ['cat-file', '--batch', '-z'], {
      cwd: this.root,
      input: `${names.join('\0')}\0`,
      maxBuffer: MOST_OUTPUT,
    });
    if (status !== 0) throw new NoComparisonError(`Git can't read ${commit}.`);
    let at = 0;
    for (const file of files) {
      const end = stdout.indexOf('\n', at);
      const size = / blob (\d+)$/.exec(stdout.toString('utf8', at, end))?.[1];
      const isOther = / (tree|commit|tag) (\d+)$/.exec(stdout.toString('utf8', at, end));
      if (size === undefined) {
        texts.set(file, undefined);
        at = end + 1 + (isOther ? Number(isOther[2]) + 1 : 0);
        continue;
      }
      texts.set(file, stdout.toString('utf8', end + 1, end + 1 + Number(size)));
      at = end + 2 + Number(size);
    }
    return texts;
  }

  private run(...args: readonly string[]): string {
    try {
      return execFileSync('git', args, {
        cwd: this.root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        maxBuffer: MOST_OUTPUT,
      });
    } catch (error) {
      const { stderr = '', message } = error as { stderr?: string; message: string };
      throw new NoComparisonError(`\`git ${args[0]}\` failed: ${stderr.trim() || message}`);
    }
  }

  private attempt(...args: readonly string[]): string | undefined {
    try {
      return this.run(...args);
    } catch {
      return undefined;
    }
  }

  private succeeds(...args: readonly string[]): boolean {
    return this.attempt(...args) !== undefined;
  }
}
