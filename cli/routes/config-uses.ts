/** Tools whose configuration is a module: the plugin is an element of a list in it, or a function around it. */
import { basename, dirname } from 'node:path/posix';
import type ts from 'typescript';
import type { Finding } from '../base/finding.ts';
import type { TypeScript } from '../base/typescript.ts';
import {
  addToList,
  edited,
  exportedBy,
  type Given,
  importOf,
  objectOf,
  optionsOfCalls,
  parseConfig,
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
import type { CallRoute, ConfigRoute, WrapRoute } from './table.ts';
import type { Fix, Use } from './use.ts';

type Configured = ConfigRoute | WrapRoute | CallRoute;

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
  const given = api === undefined || source === undefined ? undefined : usesOf(api, source);
  const has = given === undefined ? /['"]use-durable\/[\w-]+['"]/.test(text) : given.length > 0;
  const fix: Fix | undefined =
    api === undefined || has ? undefined : { file, apply: (before) => withPlugin(api, route, file, before) };
  const isAble = fix?.apply(text) !== undefined;
  const folder = dirname(file) === '.' ? '' : dirname(file);
  const reach = route.kind === 'call' ? within.folder : folder;
  return {
    route,
    file,
    line: given?.[0]?.line ?? (source && api ? lineOfObject(api, route, source) : 1),
    has,
    covers: (path) => isBelow(path, reach),
    without: `${route.tool} builds durable functions as plain code`,
    change: changeOf(route),
    fixes: fix !== undefined && isAble ? [fix] : [],
    findings: api && source && given ? faultsOf(api, route, source, given) : [],
  };
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
    `import useDurable from '${route.entry}';`,
    `import { defineConfig } from '${from}';`,
    '',
    'export default defineConfig({ plugins: [useDurable()] });',
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

const nameIn = (route: Configured): string =>
  route.kind === 'wrap' ? route.function : /\w+(?=\()/.exec(route.plugin)![0];

function changeOf(route: Configured): string {
  if (route.kind === 'wrap')
    return `import { ${route.function} } from '${route.entry}';\nexport default ${route.function}(your configuration)`;
  const [outer, ...inner] = route.path;
  const list = inner.reduceRight((value, key) => `{ ${key}: ${value} }`, `[${route.plugin}]`);
  return `import ${nameIn(route)} from '${route.entry}';\n${outer}: ${list}`;
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
  // A name that is taken may have any meaning.
  if (new RegExp(`\\b${nameIn(route)}\\b`).test(before)) return undefined;
  const edits: Edit[] = [
    importOf(ts, source, nameIn(route), route.entry, route.kind === 'wrap' ? 'named' : 'default'),
  ];
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

/** The plugin twice in one list, or behind plugins that may take its files. */
function faultsOf(
  ts: TypeScript,
  route: Configured,
  source: ts.SourceFile,
  given: readonly Given[],
): readonly Finding[] {
  const findings: Finding[] = [];
  const lists = new Set<ts.Node>();
  for (const { node, line } of given) {
    const list = node.parent;
    const place = { file: source.fileName, line };
    if (!ts.isArrayLiteralExpression(list)) continue;
    if (lists.has(list))
      findings.push({
        ...place,
        code: 'plugin-twice',
        severity: 'warning',
        message: `The plugin is in the list of ${route.tool} twice. The second one finds only compiled code.`,
        change: `Remove ${node.getText(source)} from this line.`,
      });
    else if (route.kind === 'call' && list.elements[0] !== node)
      findings.push({
        ...place,
        code: 'wrong-order',
        severity: 'warning',
        message: `${route.tool} takes the first answer of its plugins. One that loads TypeScript before this one leaves durable functions as plain code.`,
        change: `${route.path.at(-1)}: [${node.getText(source)}, ...]`,
      });
    lists.add(list);
  }
  return findings;
}
