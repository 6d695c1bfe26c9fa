/** Which files a project compiles together, and with which options. */
import { basename, dirname, resolve } from 'node:path';
import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { absolute, type ProjectFiles } from './project-files.ts';

/** Files that are compiled as one program. */
export interface Configuration {
  /** Absolute; undefined where there is none, and the options are guesses. */
  readonly file: string | undefined;
  readonly options: ts.CompilerOptions;
  /** Absolute, with those that durable functions only need for their types. */
  readonly fileNames: readonly string[];
  readonly references: readonly ts.ProjectReference[];
  /** What is wrong with the configuration itself. */
  readonly errors: readonly ts.Diagnostic[];
  /** The sources with durable functions that it compiles, absolute. */
  readonly sources: readonly string[];
}

/** Where no configuration says otherwise. Types of packages such as Node's are there. */
const guessed = (ts: TypeScript): ts.CompilerOptions => ({
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.Preserve,
  strict: true,
  types: ['*'],
});

/**
 * Finds the configuration of each source: a `tsconfig.json` below the root, or one that it refers to, that names the source. For
 * sources that none of them names, those of a test or a script perhaps, the options of the nearest one count.
 *
 * @param sources absolute
 */
export function configurationsFor(
  ts: TypeScript,
  root: string,
  files: ProjectFiles,
  sources: readonly string[],
): readonly Configuration[] {
  const found = new Configurations(ts, files);
  const left = new Set(sources);
  const take = (parsed: Parsed): readonly Configuration[] => {
    const { fileNames } = parsed.line;
    const own = fileNames.filter((name) => left.delete(name));
    return own.length === 0 ? [] : [configurationOf(parsed, fileNames, own)];
  };
  const named = found.all(root).flatMap(take);
  const nearest = new Map([...left].map((source) => [source, found.nearest(dirname(source))]));
  const groups = [...new Set(nearest.values())].map(
    (file) => [file, [...left].filter((source) => nearest.get(source) === file)] as const,
  );
  const others = groups.flatMap(([file, own]): readonly Configuration[] => {
    const parsed = file === undefined ? undefined : found.parse(file);
    if (parsed === undefined) return [withoutConfiguration(ts, own)];
    // A configuration above the root may name them.
    const taken = take(parsed);
    const rest = own.filter((source) => left.has(source));
    if (rest.length === 0) return taken;
    return [...taken, besides(parsed, rest)];
  });
  return [...named, ...others];
}

interface Parsed {
  readonly file: string;
  readonly line: ts.ParsedCommandLine;
}

const configurationOf = (
  { file, line: { options, projectReferences = [], errors } }: Parsed,
  fileNames: readonly string[],
  sources: readonly string[],
): Configuration => ({ file, options, fileNames, references: projectReferences, errors, sources });

/** For sources that a configuration doesn't name. */
function besides(parsed: Parsed, sources: readonly string[]): Configuration {
  const ambient = parsed.line.fileNames.filter((name) => /\.d\.[cm]?ts$/.test(name));
  const configuration = configurationOf(parsed, [...ambient, ...sources], sources);
  return { ...configuration, options: { ...configuration.options, allowJs: true } };
}

const withoutConfiguration = (ts: TypeScript, sources: readonly string[]): Configuration => ({
  file: undefined,
  options: { ...guessed(ts), allowJs: true },
  fileNames: sources,
  references: [],
  errors: [],
  sources,
});

/** Of a folder that has both, the first counts. */
const NAMES: readonly string[] = ['tsconfig.json', 'jsconfig.json'];
const rank = (file: string): number => NAMES.indexOf(basename(file));

class Configurations {
  private readonly ts: TypeScript;
  private readonly files: ProjectFiles;
  private readonly parsed = new Map<string, Parsed | undefined>();
  private readonly nearestOf = new Map<string, string | undefined>();

  constructor(ts: TypeScript, files: ProjectFiles) {
    this.ts = ts;
    this.files = files;
  }

  /** Those below the root, the innermost folders first, and those that they refer to. */
  all(root: string): readonly Parsed[] {
    const open = this.files
      .list()
      .filter((file) => NAMES.includes(basename(file)))
      .sort((a, b) => b.split('/').length - a.split('/').length || rank(a) - rank(b))
      .map((file) => absolute(root, file));
    const known = new Set<string>();
    const all: Parsed[] = [];
    for (let file = open.shift(); file !== undefined; file = open.shift()) {
      if (known.has(file)) continue;
      known.add(file);
      const parsed = this.parse(file);
      if (parsed === undefined) continue;
      all.push(parsed);
      for (const reference of parsed.line.projectReferences ?? [])
        open.push(this.ts.resolveProjectReferencePath(reference));
    }
    return all;
  }

  /** Undefined if it can't be read. */
  parse(file: string): Parsed | undefined {
    if (!this.parsed.has(file)) this.parsed.set(file, this.read(file));
    return this.parsed.get(file);
  }

  private read(file: string): Parsed | undefined {
    const { ts } = this;
    const { system } = this.files;
    if (!system.fileExists(file)) return undefined;
    const host: ts.ParseConfigFileHost = {
      ...system,
      getCurrentDirectory: () => dirname(file),
      onUnRecoverableConfigFileDiagnostic: () => undefined,
    };
    const line = ts.getParsedCommandLineOfConfigFile(file, undefined, host);
    if (line === undefined) return undefined;
    return { file, line: { ...line, errors: ts.getConfigFileParsingDiagnostics(line).filter(isFault) } };
  }

  /** The configuration of a folder, or of the next one above. */
  nearest(folder: string): string | undefined {
    if (this.nearestOf.has(folder)) return this.nearestOf.get(folder);
    const own = NAMES.map((name) => resolve(folder, name).replaceAll('\\', '/')).find((file) =>
      this.files.system.fileExists(file),
    );
    const above = dirname(folder);
    // What is above belongs to another project.
    const isTop = above === folder || basename(above) === 'node_modules';
    const found = own ?? (isTop ? undefined : this.nearest(above));
    this.nearestOf.set(folder, found);
    return found;
  }
}

/** That a configuration names no files is none: it may only refer to others. */
const isFault = ({ code }: ts.Diagnostic): boolean => code !== 18002 && code !== 18003;
