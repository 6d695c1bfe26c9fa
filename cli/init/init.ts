import { type StdioOptions, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, isInteractive, plural, styled, wrap } from '../base/terminal.ts';
import { diff } from '../edit/diff.ts';
import { InstallError, type Project, readProject } from '../project/project.ts';
import type { Use } from '../routes/use.ts';
import { type Change, changesOf, installFor, type Plan, planFor } from './plan.ts';

export interface InitOptions {
  /** Yes to every question. */
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  /** Whether packages may be installed; default true. */
  readonly install?: boolean;
  readonly json?: boolean;
}

/**
 * Adds what compiles durable functions to the build of a project.
 *
 * @returns the exit code: 1 if something is left to do
 * @throws NoProjectError if the folder holds no `package.json`
 * @throws InstallError if packages can't be installed
 * @throws StoppedError if a question is answered with Ctrl+C or Ctrl+D
 */
export async function init(folder: string, options: InitOptions): Promise<number> {
  const { json = false } = options;
  const agree = decider(options);
  let project = readProject(folder);
  let plan = planFor(project);
  const command = installFor(project, plan.found);
  const report: Report = { install: command ?? null, installed: false, steps: [], byHand: [] };
  const say = (text: string): void => {
    if (!json) console.log(text);
  };
  if (command !== undefined) {
    say(`Packages to install:\n  ${command}\n`);
    if (options.install !== false && (await agree('Install them?'))) {
      install(folder, command, json);
      report.installed = true;
      // A configuration can be read only with TypeScript.
      project = readProject(folder);
      plan = planFor(project);
    }
  }
  await change(project, plan, agree, report, say);
  for (const use of plan.byHand) {
    say(byHandText(use));
    report.byHand.push({ tool: use.route.tool, file: use.file, line: use.line, change: use.change });
  }
  if (json) console.log(JSON.stringify(report, null, 2));
  say(closing(plan, report, options));
  return plan.found.length === 0 || isLeft(report) ? 1 : 0;
}

interface Report {
  readonly install: string | null;
  installed: boolean;
  readonly steps: { tool: string; file: string; diff: string[]; written: boolean }[];
  readonly byHand: { tool: string; file: string; line: number; change: string }[];
}

const isLeft = ({ install: command, installed, steps, byHand }: Report): boolean =>
  (command !== null && !installed) || byHand.length > 0 || steps.some(({ written }) => !written);

type Agree = (question: string) => Promise<boolean>;

const decider =
  ({ yes = false, dryRun = false, json = false }: InitOptions): Agree =>
  async (question) => {
    if (dryRun) return false;
    if (yes) return true;
    return isInteractive() && !json && (await ask(question));
  };

async function change(
  project: Project,
  { steps }: Plan,
  agree: Agree,
  report: Report,
  say: (text: string) => void,
): Promise<void> {
  for (const { use } of steps) {
    const changes = changesOf(use, project.read);
    for (const one of changes) say(`${diffText(use, one)}\n`);
    const written =
      changes.length > 0 && (await agree(`Write ${changes.map(({ file }) => file).join(' and ')}?`));
    for (const { file, before, after } of changes) {
      if (written) writeFileSync(join(project.folder, file), after);
      const lines = diff(before, after).map(({ kind, text }) => kind + text);
      report.steps.push({ tool: use.route.tool, file, diff: lines, written });
    }
  }
}

function install(folder: string, command: string, isQuiet: boolean): void {
  // What is printed as JSON is all that may be on the standard output.
  const stdio: StdioOptions = isQuiet ? ['ignore', 'ignore', 'inherit'] : 'inherit';
  const { status } = spawnSync(command, { cwd: folder, shell: true, stdio });
  if (status !== 0) throw new InstallError(`The command failed: ${command}`);
}

function diffText({ route }: Use, { file, before, after }: Change): string {
  const head = `${styled('bold', file)} (${route.tool})${before === '' ? ', a new file' : ''}`;
  let last = 0;
  const lines = diff(before, after).flatMap(({ kind, line, text }) => {
    const gap = kind !== '-' && last !== 0 && line > last + 1 ? ['  ...'] : [];
    if (kind !== '-') last = line;
    const shown = `${kind} ${text}`.trimEnd();
    return [
      ...gap,
      `  ${kind === '+' ? styled('green', shown) : kind === '-' ? styled('red', shown) : shown}`,
    ];
  });
  return [head, ...lines].join('\n');
}

const byHandText = ({ route, file, line, change: text }: Use): string =>
  [
    `${styled('bold', `${file}:${line}`)} (${route.tool}), by hand`,
    ...text.split('\n').map((one) => `  ${one}`),
    wrap(`See use-durable/docs/routes.md#${route.page}`, 2),
    '',
  ].join('\n');

function closing({ found }: Plan, report: Report, { yes = false, dryRun = false }: InitOptions): string {
  if (found.length === 0)
    return wrap(
      'No build tool was found that this command knows. docs/routes.md has a recipe for each; ' +
        'for a program that Node runs, it is node --import use-durable/register src/main.ts.',
      0,
    );
  if (!isLeft(report))
    return report.steps.length > 0
      ? `${plural(report.steps.length, 'change')} written. See what is compiled: npx use-durable doctor`
      : 'Nothing to do: the build compiles durable functions.';
  if (dryRun) return 'Nothing was changed.';
  if (!yes && !isInteractive())
    return wrap(
      'Nothing was changed, since there is no terminal to ask on. Use --yes to write the changes.',
      0,
    );
  return 'Something is left to do. See it: npx use-durable doctor';
}
