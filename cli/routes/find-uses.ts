import type { Package, Project } from '../project/project.ts';
import { compilerUses } from './compiler-uses.ts';
import { configUses } from './config-uses.ts';
import { jsonUses } from './json-uses.ts';
import { lintUses } from './lint-uses.ts';
import { manualUses } from './manual-uses.ts';
import type { Route } from './route.ts';
import { adviceUses, scriptUses } from './script-uses.ts';
import { ROUTES } from './table.ts';
import type { Use } from './use.ts';

/** Every use of a build tool in a package, in the order of the table. */
export const usesIn = (project: Project, within: Package): readonly Use[] =>
  ROUTES.flatMap((route) => usesOfRoute(project, within, route));

function usesOfRoute(project: Project, within: Package, route: Route): readonly Use[] {
  switch (route.kind) {
    case 'config':
    case 'wrap':
    case 'call':
      return configUses(project, within, route);
    case 'json':
      return jsonUses(project, within, route);
    case 'compiler':
      return compilerUses(project, within, route);
    case 'script':
      return scriptUses(project, within, route);
    case 'manual':
      return manualUses(project, within, route);
    case 'lint':
      return lintUses(project, within, route);
    case 'advice':
      return adviceUses(project, within, route);
  }
}
