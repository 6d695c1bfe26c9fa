/** Tools whose plugins are a list in a JSON file. */
import { basename, dirname } from 'node:path/posix';
import type { Finding } from '../base/finding.ts';
import { edited } from '../edit/config.ts';
import { lineAt } from '../edit/edits.ts';
import { addToOptions, rootOf, valueAt } from '../edit/json.ts';
import { filesOfPackage, isBelow, type Package, type Project } from '../project/project.ts';
import { swcFinding } from './nest-swc.ts';
import type { JsonRoute } from './route.ts';
import type { Use } from './use.ts';

export const jsonUses = (project: Project, within: Package, route: JsonRoute): readonly Use[] =>
  filesOfPackage(project, within)
    .filter((file) => route.files.test(basename(file)))
    .map((file) => {
      const { api: ts } = project.typescript;
      const text = project.read(file);
      const isListed = text.includes(`"${route.entry}"`);
      const deaf = route.deaf.when.exec(text);
      const apply = (before: string): string | undefined => {
        if (ts === undefined) return undefined;
        const source = ts.parseJsonText(file, before);
        const edits = addToOptions(ts, source, route.list, `"${route.entry}"`);
        return edits && edited(ts, source, edits);
      };
      const folder = dirname(file) === '.' ? '' : dirname(file);
      const source = ts?.parseJsonText(file, text);
      const options = ts && source && valueAt(ts, rootOf(source), 'compilerOptions');
      return {
        route,
        file,
        line: options && source ? lineAt(text, options.getStart(source)) : 1,
        has: isListed && deaf === null,
        covers: (path: string) => isBelow(path, folder),
        without: `${route.tool} builds durable functions as plain code`,
        change: `"compilerOptions": { "${route.list}": ["${route.entry}"] }`,
        fixes: isListed || apply(text) === undefined ? [] : [{ file, apply }],
        findings: [
          ...(deaf === null ? [] : [swcFinding(file, lineAt(text, deaf.index), route.deaf.instead)]),
          ...twiceIn(file, text, route),
        ],
      };
    });

function twiceIn(file: string, text: string, { tool, entry, list }: JsonRoute): readonly Finding[] {
  const name = `"${entry}"`;
  const second = text.indexOf(name, text.indexOf(name) + 1);
  if (second === -1) return [];
  return [
    {
      file,
      line: lineAt(text, second),
      code: 'plugin-twice',
      severity: 'warning',
      message: `The plugin is in "${list}" of ${tool} twice. The second one finds only compiled code.`,
      change: `Remove ${name} from this line.`,
    },
  ];
}
