/** Which files a project compiles together, and with which options. */
import { basename, dirname, resolve } from 'node:path';
import type { Compiler, Configuration, ParsedConfiguration } from './compiler.ts';
import { absolute, type ProjectFiles } from './project-files.ts';

/**
 * Finds the configuration of each source: a `tsconfig.json` below the root, or one that it refers to, that names the source. For
 * sources that none of them names, those of a test or a script perhaps, the options of the nearest one count.
 *
 * @param sources absolute
 */
export function configurationsFor(
  compiler: Compiler,
  root: string,
  files: ProjectFiles,
  sources: readonly string[],
): readonly Configuration[] {
  const found = new Configurations(compiler, files);
  const left = new Set(sources);
  const take = (parsed: ParsedConfiguration): readonly Configuration[] => {
    const own = parsed.fileNames.filter((name) => left.delete(name));
    return own.length === 0 ? [] : [{ ...parsed, sources: own, isWhole: true }];
  };
  const named = found.all(root).flatMap(take);
  const nearest = new Map([...left].map((source) => [source, found.nearest(dirname(source))]));
  const groups = [...new Set(nearest.values())].map(
    (file) => [file, [...left].filter((source) => nearest.get(source) === file)] as const,
  );
  const others = groups.flatMap(([file, own]): readonly Configuration[] => {
    const parsed = file === undefined ? undefined : found.parse(file);
    if (parsed === undefined) return [withoutConfiguration(compiler, own)];
    // A configuration above the root may name them.
    const taken = take(parsed);
    const rest = own.filter((source) => left.has(source));
    return rest.length === 0 ? taken : [...taken, besides(parsed, rest)];
  });
  return [...named, ...others];
}

/** For sources that a configuration doesn't name. */
function besides(parsed: ParsedConfiguration, sources: readonly string[]): Configuration {
  const ambient = parsed.fileNames.filter((name) => /\.d\.[cm]?ts$/.test(name));
  const options = { ...parsed.options, allowJs: true };
  return { ...parsed, options, fileNames: [...ambient, ...sources], sources, isWhole: false };
}

const withoutConfiguration = ({ guessed }: Compiler, sources: readonly string[]): Configuration => ({
  file: undefined,
  options: { ...guessed, allowJs: true },
  fileNames: sources,
  references: [],
  errors: [],
  sources,
  isWhole: false,
});

/** Of a folder that has both, the first counts. */
const NAMES: readonly string[] = ['tsconfig.json', 'jsconfig.json'];
const rank = (file: string): number => NAMES.indexOf(basename(file));

class Configurations {
  private readonly compiler: Compiler;
  private readonly files: ProjectFiles;
  private readonly parsed = new Map<string, ParsedConfiguration | undefined>();
  private readonly nearestOf = new Map<string, string | undefined>();

  constructor(compiler: Compiler, files: ProjectFiles) {
    this.compiler = compiler;
    this.files = files;
  }

  /** Those below the root, the innermost folders first, and those that they refer to. */
  all(root: string): readonly ParsedConfiguration[] {
    const open = this.files
      .list()
      .filter((file) => NAMES.includes(basename(file)))
      .sort((a, b) => b.split('/').length - a.split('/').length || rank(a) - rank(b))
      .map((file) => absolute(root, file));
    const known = new Set<string>();
    const all: ParsedConfiguration[] = [];
    for (let file = open.shift(); file !== undefined; file = open.shift()) {
      if (known.has(file)) continue;
      known.add(file);
      const parsed = this.parse(file);
      if (parsed === undefined) continue;
      all.push(parsed);
      open.push(...parsed.referred);
    }
    return all;
  }

  parse(file: string): ParsedConfiguration | undefined {
    if (!this.parsed.has(file)) this.parsed.set(file, this.compiler.parse(file));
    return this.parsed.get(file);
  }

  /** The configuration of a folder, or of the next one above. */
  nearest(folder: string): string | undefined {
    if (this.nearestOf.has(folder)) return this.nearestOf.get(folder);
    const own = NAMES.map((name) => resolve(folder, name).replaceAll('\\', '/')).find((file) =>
      this.files.exists(file),
    );
    const above = dirname(folder);
    // What is above belongs to another project.
    const isTop = above === folder || basename(above) === 'node_modules';
    const found = own ?? (isTop ? undefined : this.nearest(above));
    this.nearestOf.set(folder, found);
    return found;
  }
}
