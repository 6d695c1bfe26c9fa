/** Programs that run sources: `node` and `tsx` in the scripts of `package.json`. */
import type { Finding } from '../base/finding.ts';
import { lineAt } from '../edit/edits.ts';
import type { Command } from '../project/commands.ts';
import { inPackage, type Package, type Project } from '../project/project.ts';
import { reachedFrom } from '../project/reach.ts';
import type { AdviceRoute, ScriptRoute } from './route.ts';
import type { Use } from './use.ts';

const SOURCE = /\.[cm]?[jt]sx?$/;
/** What has the module hooks of this package. */
const HOOK = /(?:--(?:import|require|preload)[= ]|^)use-durable\/(?:register|tsx|bun)\b/;

export const scriptUses = (project: Project, within: Package, route: ScriptRoute): readonly Use[] =>
  within.commands.flatMap((command) => {
    const { args, program } = command;
    if (program !== route.program) return [];
    const entry = entryOf(args);
    if (entry === undefined) return [];
    // With tsx as a module of Node, it is the use of tsx, which may be no program of its own.
    const { api } = project.typescript;
    const start = inPackage(within, entry);
    const reached = api === undefined ? new Set([start]) : reachedFrom(api, project, [start]);
    if (reached.size === 0) return [];
    const settings = project.read(inPackage(within, 'bunfig.toml'));
    const has =
      [...args, command.before].some((text) => HOOK.test(text)) ||
      (route.program === 'bun' && settings.includes(`"${route.entry}"`));
    const place = { file: inPackage(within, 'package.json'), line: lineOfCommand(within, command) };
    const line = route.write(command.text.slice(command.program.length).trim());
    return [
      {
        ...place,
        route,
        has,
        covers: (file: string) => reached.has(file),
        without: `The script "${command.script}" runs durable functions as plain code`,
        change: scriptLine(within, command, line),
        fixes: has
          ? []
          : [{ file: place.file, apply: (text: string) => replaceCommand(text, command, line) }],
        findings: [
          ...orderOf(within, command, place),
          ...twiceOf(within, command, place),
          ...commonJsOf(within, route, command, entry, place),
        ],
      },
    ];
  });

/** A program or a configuration that durable functions can't be compiled by. */
export const adviceUses = (project: Project, within: Package, route: AdviceRoute): readonly Use[] =>
  within.commands.flatMap((command) => {
    if (!route.program.test(command.program)) return [];
    const starts = command.args.filter((arg) => SOURCE.test(arg)).map((arg) => inPackage(within, arg));
    const { api } = project.typescript;
    const reached = api === undefined ? new Set(starts) : reachedFrom(api, project, starts);
    return [
      {
        route,
        file: inPackage(within, 'package.json'),
        line: lineOfCommand(within, command),
        has: false,
        covers: (file: string) => reached.has(file),
        without: `The script "${command.script}" (${route.tool}) leaves durable functions as plain code`,
        change: route.advice,
        fixes: [],
        findings: [],
      },
    ];
  });

/** Options of Node and tsx whose value is a word of its own. */
const WITH_VALUE =
  /^(--import|--require|-r|--loader|--experimental-loader|--env-file|--conditions|-C|--tsconfig|--watch-path|--test-name-pattern|--test-reporter|--preload)$/;

/** The file that the program starts with; undefined where it is told in another way. */
function entryOf(args: readonly string[]): string | undefined {
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (/^(-e|-p|--eval|--print)$/.test(arg)) return undefined;
    if (WITH_VALUE.test(arg)) at++;
    else if (!arg.startsWith('-') && !/^(watch|run)$/.test(arg)) return SOURCE.test(arg) ? arg : undefined;
  }
  return undefined;
}

/** The line of a command in the text of its `package.json`. */
export function lineOfCommand({ text, manifest }: Package, { script }: Command): number {
  const whole = JSON.stringify(manifest.scripts?.[script] ?? '');
  const name = JSON.stringify(script);
  const found = new RegExp(`${escaped(name)}\\s*:\\s*${escaped(whole)}`).exec(text);
  return found === null ? 1 : lineAt(text, found.index);
}

/** The line of a script with another command in the place of one of its own. */
export function scriptLine({ manifest }: Package, { script, text }: Command, to: string): string {
  const whole = manifest.scripts?.[script] ?? text;
  return `${JSON.stringify(script)}: ${JSON.stringify(whole.replace(text, () => to))}`;
}

/** The text of a `package.json` with another command in a script; undefined where the command isn't found once. */
export function replaceCommand(
  text: string,
  { script, text: command }: Command,
  to: string,
): string | undefined {
  const entry = new RegExp(`(${escaped(JSON.stringify(script))}\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*")`).exec(text);
  if (entry === null) return undefined;
  const before = JSON.parse(entry[2]!) as string;
  if (before.split(command).length !== 2) return undefined;
  const value = JSON.stringify(before.replace(command, () => to));
  const at = entry.index + entry[1]!.length;
  return text.slice(0, at) + value + text.slice(at + entry[2]!.length);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function orderOf(
  within: Package,
  command: Command,
  place: Pick<Finding, 'file' | 'line'>,
): readonly Finding[] {
  const { text, script } = command;
  const tsx = /--(?:import|require|loader)[= ]tsx\b/.exec(text);
  const ours = /--import[= ]use-durable\/register\b/.exec(text);
  if (tsx === null || ours === null || ours.index < tsx.index) return [];
  const line = text.replace(ours[0], '').replace(tsx[0], `${ours[0]} ${tsx[0]}`).replace(/ {2,}/g, ' ');
  return [
    {
      ...place,
      code: 'wrong-order',
      severity: 'warning',
      message: `The script "${script}" loads tsx before use-durable, so stacks and code versions have the lines of converted code.`,
      change: scriptLine(within, command, line.trim()),
    },
  ];
}

function twiceOf(
  within: Package,
  command: Command,
  place: Pick<Finding, 'file' | 'line'>,
): readonly Finding[] {
  const { text, before, script } = command;
  const loaded = [...(before + text).matchAll(/--(?:import|preload)[= ](use-durable\/\w+)/g)];
  if (loaded.length < 2) return [];
  // use-durable/tsx registers the hooks of use-durable/register itself.
  const [removed] = loaded.find(([, entry]) => entry === 'use-durable/register') ?? loaded[0]!;
  const line = text.includes(removed) ? text.replace(removed, '').replace(/ {2,}/g, ' ') : text;
  return [
    {
      ...place,
      code: 'plugin-twice',
      severity: 'warning',
      message: `The script "${script}" loads use-durable twice. The second one finds only compiled code.`,
      change: line === text ? `Remove ${removed} from this line.` : scriptLine(within, command, line.trim()),
    },
  ];
}

function commonJsOf(
  { isModule }: Package,
  { tool }: ScriptRoute,
  { script, text }: Command,
  entry: string,
  place: Pick<Finding, 'file' | 'line'>,
): readonly Finding[] {
  const isTsx = tool === 'tsx' || /--(?:import|require)[= ]tsx\b/.test(text);
  const isCommonJs = /\.c[jt]s$/.test(entry) || (!isModule && !/\.m[jt]sx?$/.test(entry));
  if (!isTsx || !isCommonJs) return [];
  return [
    {
      ...place,
      code: 'tsx-commonjs',
      severity: 'error',
      message: `The script "${script}" runs a CommonJS package by tsx, which reads such files itself: nothing can compile them.`,
      change: '"type": "module" in package.json, or a build by esbuild or tspc',
    },
  ];
}
