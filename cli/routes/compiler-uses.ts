/** `tsc`, `tspc` and `durable build`: scripts that emit JavaScript, and the `tsconfig.json` files that they take. */
import { isAbsolute, join, relative } from 'node:path';
import type ts from 'typescript';
import type { Finding, Place } from '../base/finding.ts';
import type { TypeScript } from '../base/typescript.ts';
import { edited } from '../edit/config.ts';
import { lineAt } from '../edit/edits.ts';
import { addToOptions, rootOf, valueAt } from '../edit/json.ts';
import { append } from '../edit/lists.ts';
import type { Command } from '../project/commands.ts';
import { inPackage, type Package, type Project } from '../project/project.ts';
import type { CompilerRoute } from './route.ts';
import { lineOfCommand, replaceCommand, scriptLine } from './script-uses.ts';
import type { Fix, Use } from './use.ts';

/** What `compilerOptions.plugins` is given. */
const PLUGIN = '{ "name": "use-durable/ls", "transform": "use-durable/tspc", "transformProgram": true }';

interface Plugin {
  readonly transform?: string;
  readonly transformProgram?: boolean;
}

interface Config {
  readonly file: string;
  readonly options: ts.CompilerOptions;
  /** Relative to the project. */
  readonly sources: ReadonlySet<string>;
  readonly plugins: readonly Plugin[];
  readonly references: readonly string[];
}

export function compilerUses(project: Project, within: Package, route: CompilerRoute): readonly Use[] {
  const { api } = project.typescript;
  if (api === undefined) return [];
  const commands = new Map<string, Command[]>();
  for (const command of within.commands)
    for (const file of configsOf(project, within, command))
      commands.set(file, [...(commands.get(file) ?? []), command]);
  // A tsconfig.json with the plugin is a route, whatever starts it.
  const own = inPackage(within, 'tsconfig.json');
  if (project.files.includes(own) && !commands.has(own)) commands.set(own, []);
  return [...commands].flatMap(([file, starters]) => {
    const config = readConfig(api, project, file);
    const emitting = starters.filter((one) => emits(config, one));
    const has = config.plugins.some(isOurs) || emitting.some(isBuild);
    return !has && emitting.length === 0 ? [] : [useOf(api, project, within, route, config, emitting)];
  });
}

const isOurs = ({ transform }: Plugin): boolean => transform === 'use-durable/tspc';

/** `durable build` needs no plugin. */
const isBuild = ({ program, args }: Command): boolean =>
  /^(use-)?durable$/.test(program) && args[0] === 'build';

function useOf(
  api: TypeScript,
  project: Project,
  within: Package,
  route: CompilerRoute,
  config: Config,
  commands: readonly Command[],
): Use {
  const { file } = config;
  const text = project.read(file);
  const has = config.plugins.some(isOurs) || commands.some(isBuild);
  const plain = isPatched(within) ? [] : commands.filter(({ program }) => program === 'tsc');
  const manifest = inPackage(within, 'package.json');
  const fixes: Fix[] = [
    ...(has ? [] : [{ file, apply: (before: string) => withElement(api, file, before) }]),
    ...(config.options.noEmitOnError
      ? []
      : [{ file, apply: (before: string) => withNoEmit(api, file, before) }]),
    ...plain.map((command) => ({
      file: manifest,
      apply: (before: string) => replaceCommand(before, command, withTspc(command)),
    })),
  ];
  return {
    route,
    file,
    line: lineOf(api, file, text, 'plugins'),
    has,
    covers: (path) => config.sources.has(path),
    without: 'With tsc alone, durable functions are written as plain code',
    change: [
      ...(has ? [] : [`"plugins": [${PLUGIN}]`]),
      ...(config.options.noEmitOnError ? [] : ['"noEmitOnError": true']),
      ...plain.map((command) => scriptLine(within, command, withTspc(command))),
    ].join('\n'),
    fixes: fixes.every((fix) => fix.apply(project.read(fix.file)) !== undefined) ? fixes : [],
    findings: has ? faultsOf(api, text, config, within, plain) : [],
  };
}

function faultsOf(
  api: TypeScript,
  text: string,
  { file, options, plugins }: Config,
  within: Package,
  plain: readonly Command[],
): readonly Finding[] {
  const at = (key: string): Place => ({ file, line: lineOf(api, file, text, key) });
  const ours = plugins.filter(isOurs);
  const findings: Finding[] = plain.map((command) => ({
    file: inPackage(within, 'package.json'),
    line: lineOfCommand(within, command),
    code: 'plain-tsc',
    severity: 'error',
    message: `The script "${command.script}" runs tsc, which ignores "plugins" in silence: durable functions are written as plain code.`,
    change: scriptLine(within, command, withTspc(command)),
  }));
  if (ours.length > 1)
    findings.push({
      ...at('plugins'),
      code: 'plugin-twice',
      severity: 'warning',
      message: 'The plugin is in "plugins" twice.',
      change: `"plugins": [${PLUGIN}]`,
    });
  if (ours.some(({ transformProgram }) => transformProgram !== true))
    findings.push({
      ...at('plugins'),
      code: 'wrong-option',
      severity: 'error',
      message:
        'Without "transformProgram", ts-patch calls the plugin in another way, and nothing is compiled.',
      change: PLUGIN,
    });
  if (options.noEmitOnError !== true && options.noEmit !== true)
    findings.push({
      ...at('compilerOptions'),
      code: 'no-emit-on-error',
      severity: 'warning',
      message:
        'JavaScript is written although a durable function has an error. The function then throws when it is started.',
      change: '"noEmitOnError": true',
    });
  return findings;
}

const withTspc = ({ text }: Command): string => text.replace(/^tsc\b/, 'tspc');

/** Whether `ts-patch install` changes the installed `tsc` itself. */
const isPatched = ({ commands }: Package): boolean =>
  commands.some(({ program, args }) => program === 'ts-patch' && args[0] === 'install');

const emits = ({ options }: Config, { args }: Command): boolean =>
  !options.noEmit &&
  !options.emitDeclarationOnly &&
  !args.some((arg) => /^--(noEmit|emitDeclarationOnly)$/i.test(arg));

/** The configurations that a command takes, with those that they refer to. */
function configsOf(project: Project, within: Package, command: Command): readonly string[] {
  const { program, args } = command;
  if (!/^tsp?c$/.test(program) && !isBuild(command)) return [];
  const hasReferences = isBuild(command) || args.some((arg) => /^(-b|--build)$/.test(arg));
  const at = args.findIndex((arg) => /^(-p|--project|-b|--build)$/.test(arg));
  const given = at === -1 ? undefined : args[at + 1];
  const path = given === undefined || given.startsWith('-') ? 'tsconfig.json' : given;
  const file = inPackage(within, path.endsWith('.json') ? path : join(path, 'tsconfig.json'));
  const { api } = project.typescript;
  if (api === undefined || !project.files.includes(file)) return [];
  return hasReferences ? withReferences(api, project, file) : [file];
}

function withReferences(api: TypeScript, project: Project, first: string): readonly string[] {
  const found = new Set<string>([first]);
  // A set also visits what is added meanwhile.
  for (const file of found) for (const next of readConfig(api, project, file).references) found.add(next);
  return [...found].filter((file) => project.files.includes(file));
}

function readConfig(api: TypeScript, project: Project, file: string): Config {
  const path = join(project.folder, file);
  const inProject = (name: string): string => relative(project.folder, name).replaceAll('\\', '/');
  const { config = {} } = api.readConfigFile(path, api.sys.readFile) as { config?: unknown };
  const folder = join(path, '..');
  const { options, fileNames, projectReferences } = api.parseJsonConfigFileContent(
    config,
    api.sys,
    folder,
    {},
    path,
  );
  const references = (projectReferences ?? []).map((reference) =>
    inProject(api.resolveProjectReferencePath(reference)),
  );
  return {
    file,
    options,
    sources: new Set(fileNames.map((name) => inProject(isAbsolute(name) ? name : join(folder, name)))),
    plugins: (options.plugins ?? []) as readonly Plugin[],
    references,
  };
}

function withElement(api: TypeScript, file: string, before: string): string | undefined {
  const source = api.parseJsonText(file, before);
  const edits = addToOptions(api, source, 'plugins', PLUGIN);
  return edits && edited(api, source, edits);
}

function withNoEmit(api: TypeScript, file: string, before: string): string | undefined {
  const source = api.parseJsonText(file, before);
  const options = valueAt(api, rootOf(source), 'compilerOptions');
  if (options === undefined || !api.isObjectLiteralExpression(options)) return undefined;
  const given = valueAt(api, options, 'noEmitOnError');
  const edits =
    given === undefined
      ? append(source, options, '"noEmitOnError": true')
      : [{ at: given.getStart(source), remove: given.getWidth(source), text: 'true' }];
  return edits && edited(api, source, edits);
}

/** The line of an option, or of the options if it isn't there. */
function lineOf(api: TypeScript, file: string, text: string, key: string): number {
  const source = api.parseJsonText(file, text);
  const options = valueAt(api, rootOf(source), 'compilerOptions');
  const value = valueAt(api, options, key) ?? options;
  return value === undefined ? 1 : lineAt(text, value.getStart(source));
}
