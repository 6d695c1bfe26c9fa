/** Linters: what their rules report, builds report as well, so `doctor` takes no notice of them. */
import { basename } from 'node:path/posix';
import { addToConfigs, edited, importOf, parseConfig } from '../edit/config.ts';
import { filesOfPackage, type Package, type Project } from '../project/project.ts';
import type { LintRoute } from './route.ts';
import type { Use } from './use.ts';

export const lintUses = (project: Project, within: Package, route: LintRoute): readonly Use[] =>
  filesOfPackage(project, within)
    .filter((file) => route.files.test(basename(file)))
    .map((file) => {
      const { api: ts } = project.typescript;
      const text = project.read(file);
      const has = text.includes(route.entry);
      const apply = (before: string): string | undefined => {
        if (ts === undefined || /\buseDurable\b/.test(before)) return undefined;
        const source = parseConfig(ts, file, before);
        const added = addToConfigs(ts, source, route.plugin);
        return (
          added && edited(ts, source, [importOf(ts, source, 'useDurable', route.entry, 'default'), ...added])
        );
      };
      return {
        route,
        file,
        line: 1,
        has,
        covers: () => false,
        without: `${route.tool} doesn't show the diagnostics of durable functions`,
        change: `import useDurable from '${route.entry}';\nexport default [..., ${route.plugin}]`,
        fixes: has || apply(text) === undefined ? [] : [{ file, apply }],
        findings: [],
      };
    });
