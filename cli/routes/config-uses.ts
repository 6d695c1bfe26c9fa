/** Tools whose configuration is a module: the plugin is an element of a list in it, or a function around it. */
import { basename, dirname } from 'node:path/posix';
import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import {
  addToList,
  edited,
  exportedBy,
  importOf,
  objectOf,
  optionsOfCalls,
  parseConfig,
  textsAt,
  usesOf,
} from '../edit/config.ts';
import type { Edit } from '../edit/edits.ts';
import {
  filesOfPackage,
  inPackage,
  isBelow,
  isDependency,
  type Package,
  type Project,
} from '../project/project.ts';
import { knownReach } from '../project/reach.ts';
import { faultsOf } from './config-faults.ts';
import type { CallRoute, ConfigRoute, Configured } from './route.ts';
import type { Fix, Use } from './use.ts';

const MODULE = /\.[cm]?[jt]s$/;

export function configUses(project: Project, within: Package, route: Configured): readonly Use[] {
  const files = filesOfPackage(project, within).filter((file) => isConfigOf(project, route, file));
  if (files.length > 0) return files.map((file) => useOf(project, within, route, file));
  return route.kind === 'config' && route.create !== undefined ? missing(project, within, route) : [];
}

function isConfigOf(project: Project, route: Configured, file: string): boolean {
  if (route.kind !== 'call') return route.files.test(basename(file));
  return MODULE.test(file) && callsOf(route).test(project.read(file));
}

/** A file that imports the package and calls one of its functions. */
const callsOf = ({ package: name, functions }: CallRoute): RegExp =>
  new RegExp(`(?:from\\s*|require\\(|import\\()['"]${name}['"][^]*\\b(?:${functions.join('|')})\\(`);

function useOf(project: Project, within: Package, route: Configured, file: string): Use {
  const { api } = project.typescript;
  const text = project.read(file);
  const source = api === undefined ? undefined : parseConfig(api, file, text);
  const given =
    api === undefined || source === undefined
      ? undefined
      : usesOf(api, source).filter(({ node }) => api.isStringLiteral(node) === isNamed(route));
  const has = given === undefined ? /['"]use-durable\/[\w-]+['"]/.test(text) : given.length > 0;
  const fix: Fix | undefined =
    api === undefined || has ? undefined : { file, apply: (before) => withPlugin(api, route, file, before) };
  const isAble = fix?.apply(text) !== undefined;
  const folder = dirname(file) === '.' ? '' : dirname(file);
  const reach = route.kind === 'call' ? within.folder : folder;
  const followed = api && source && followedBy(api, project, within, route, source);
  return {
    route,
    file,
    line: given?.[0]?.line ?? (source && api ? lineOfObject(api, route, source) : 1),
    has,
    covers: (path) => (followed === undefined ? isBelow(path, reach) : followed.has(path)),
    ...(followed !== undefined && { isFollowed: true }),
    without: `${route.tool} builds durable functions as plain code`,
    change: changeOf(route),
    fixes: fix !== undefined && isAble ? [fix] : [],
    findings: api && source && given ? faultsOf(api, route, source, given) : [],
  };
}

/** The files that the entries of a configuration lead to; undefined where that isn't known. */
function followedBy(
  ts: TypeScript,
  project: Project,
  within: Package,
  route: Configured,
  source: ts.SourceFile,
): ReadonlySet<string> | undefined {
  if (route.kind === 'wrap' || route.entries === undefined) return undefined;
  const entries: string[] = [];
  for (const expression of objectsOf(ts, route, source)) {
    const object = objectOf(ts, source, expression);
    const texts = object && textsAt(ts, object, route.entries);
    if (texts === undefined) return undefined;
    entries.push(...texts);
  }
  return knownReach(ts, project, within, entries);
}

/** The tool is a dependency and has no configuration. */
function missing(project: Project, within: Package, route: ConfigRoute): readonly Use[] {
  const { file: name, from, dependency } = route.create!;
  const isUsed = within.commands.some(({ program }) => program === dependency);
  if (!isDependency(within, dependency) || !isUsed) return [];
  // Vitest takes the configuration of Vite.
  const hasOther = filesOfPackage(project, within).some((file) => /^vite\.config\./.test(basename(file)));
  if (hasOther) return [];
  const file = inPackage(within, name);
  const text = [
    ...(isNamed(route) ? [] : [`import useDurable from '${route.entry}';`]),
    `import { defineConfig } from '${from}';`,
    '',
    `export default defineConfig({ ${route.path[0]}: [${route.plugin}] });`,
    '',
  ].join('\n');
  return [
    {
      route,
      file,
      line: 1,
      has: false,
      covers: (path) => isBelow(path, within.folder),
      without: `${route.tool} has no configuration, and builds durable functions as plain code`,
      change: changeOf(route),
      fixes: [{ file, apply: (before) => (before === '' ? text : undefined) }],
      findings: [],
    },
  ];
}

/** Whether the tool takes the name of the module, which isn't imported then. */
const isNamed = (route: Configured): boolean => route.kind === 'config' && route.plugin.startsWith("'");

const nameIn = (route: Configured): string =>
  route.kind === 'wrap' ? route.function : /\w+(?=\()/.exec(route.plugin)![0];

function changeOf(route: Configured): string {
  if (route.kind === 'wrap')
    return `import { ${route.function} } from '${route.entry}';\nexport default ${route.function}(your configuration)`;
  const [outer, ...inner] = route.path;
  const list = inner.reduceRight((value, key) => `{ ${key}: ${value} }`, `[${route.plugin}]`);
  const element = `${outer}: ${list}`;
  return isNamed(route) ? element : `import ${nameIn(route)} from '${route.entry}';\n${element}`;
}

function objectsOf(ts: TypeScript, route: Configured, source: ts.SourceFile): readonly ts.Expression[] {
  if (route.kind === 'call') return optionsOfCalls(ts, source, route.functions);
  const exported = exportedBy(ts, source);
  return exported === undefined ? [] : [exported];
}

function lineOfObject(ts: TypeScript, route: Configured, source: ts.SourceFile): number {
  const [first] = objectsOf(ts, route, source);
  const at = first === undefined ? 0 : (objectOf(ts, source, first) ?? first).getStart(source);
  return source.getLineAndCharacterOfPosition(at).line + 1;
}

function withPlugin(ts: TypeScript, route: Configured, file: string, before: string): string | undefined {
  const source = parseConfig(ts, file, before);
  const edits: Edit[] = [];
  if (!isNamed(route)) {
    // A name that is taken may have any meaning.
    if (new RegExp(`\\b${nameIn(route)}\\b`).test(before)) return undefined;
    edits.push(importOf(ts, source, nameIn(route), route.entry, route.kind === 'wrap' ? 'named' : 'default'));
  }
  const objects = objectsOf(ts, route, source);
  if (objects.length === 0) return undefined;
  for (const expression of objects) {
    if (route.kind === 'wrap') {
      edits.push({ at: expression.getStart(source), text: `${route.function}(` });
      edits.push({ at: expression.end, text: ')' });
      continue;
    }
    const object = objectOf(ts, source, expression);
    const added = object && addToList(ts, source, object, route.path, route.plugin);
    if (added === undefined) return undefined;
    edits.push(...added);
  }
  return edited(ts, source, edits);
}
