/** Tools whose lines are shown, and not written. */
import { basename } from 'node:path/posix';
import { filesOfPackage, inPackage, isBelow, type Package, type Project } from '../project/project.ts';
import type { ManualRoute } from './route.ts';
import { lineOfCommand } from './script-uses.ts';
import type { Use } from './use.ts';

export function manualUses(project: Project, within: Package, route: ManualRoute): readonly Use[] {
  const command = within.commands.find(({ text }) => route.command.test(text));
  if (command === undefined) return [];
  const configs = filesOfPackage(project, within).filter((file) => route.files.test(basename(file)));
  const has = route.has.test(within.text) || configs.some((file) => route.has.test(project.read(file)));
  const manifest = { file: inPackage(within, 'package.json'), line: lineOfCommand(within, command) };
  const [config] = configs;
  return [
    {
      route,
      ...(config === undefined ? manifest : { file: config, line: 1 }),
      has,
      covers: (file) => isBelow(file, within.folder),
      without: `${route.tool} runs durable functions as plain code`,
      change: route.lines,
      fixes: [],
      findings: [],
    },
  ];
}
