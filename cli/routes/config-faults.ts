/** What is wrong in a configuration that has the plugin. */
import type ts from 'typescript';
import type { Finding } from '../base/finding.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Given } from '../edit/config.ts';
import { nameOf } from '../edit/json.ts';
import type { Configured } from './route.ts';

/** The plugin twice for one build, or behind plugins that may take its files. */
export function faultsOf(
  ts: TypeScript,
  route: Configured,
  source: ts.SourceFile,
  given: readonly Given[],
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [index, { node, line }] of given.entries()) {
    const place = { file: source.fileName, line };
    const earlier = given.slice(0, index);
    if (given.some((other) => other.node !== node && isWithin(ts, node, other.node)))
      findings.push(twice(place, `${route.tool} has the plugin around itself.`, node.getText(source)));
    else if (
      earlier.some((other) => other.node.parent === node.parent && ts.isArrayLiteralExpression(node.parent))
    )
      findings.push(twice(place, `The plugin is in the list of ${route.tool} twice.`, node.getText(source)));
    else if (given.some((other) => other.node !== node && isOfOneBuild(ts, other.node, node)))
      findings.push(
        twice(place, `The plugin is in two lists of one build of ${route.tool}.`, node.getText(source)),
      );
    else if (route.kind === 'call' && isBehind(ts, node))
      findings.push({
        ...place,
        code: 'wrong-order',
        severity: 'warning',
        message: `${route.tool} takes the first answer of its plugins. One that loads TypeScript before this one leaves durable functions as plain code.`,
        change: `${route.path.at(-1)}: [${node.getText(source)}, ...]`,
      });
  }
  return findings;
}

const twice = (place: Pick<Finding, 'file' | 'line'>, what: string, text: string): Finding => ({
  ...place,
  code: 'plugin-twice',
  severity: 'warning',
  message: `${what} The second one finds only compiled code.`,
  change: `Remove ${text.length > 60 ? 'it' : text} from this line.`,
});

function isWithin(ts: TypeScript, node: ts.Node, outer: ts.Node): boolean {
  if (!ts.isCallExpression(outer) && !ts.isNewExpression(outer)) return false;
  return (outer.arguments ?? []).some((argument) => argument.pos <= node.pos && node.end <= argument.end);
}

/** Whether the list of one plugin is in the object that has the list of the other: `{ plugins, build: { rolldownOptions: { plugins } } }`. */
function isOfOneBuild(ts: TypeScript, outer: ts.Node, inner: ts.Node): boolean {
  const around = objectAround(ts, outer);
  let own = objectAround(ts, inner);
  if (around === undefined || own === undefined || around === own) return false;
  for (own = objectAbove(ts, own); own !== undefined; own = objectAbove(ts, own))
    if (own === around) return true;
  return false;
}

/** The object that has the list of a plugin. */
function objectAround(ts: TypeScript, node: ts.Node): ts.ObjectLiteralExpression | undefined {
  const property = node.parent.parent;
  const isListed = ts.isArrayLiteralExpression(node.parent) && ts.isPropertyAssignment(property);
  return isListed ? property.parent : undefined;
}

/** Builds of their own, which don't take the plugins of the one around them. */
const OWN_BUILDS = new Set(['worker', 'projects', 'environments']);

/** The object in which one is the value of a property. */
function objectAbove(
  ts: TypeScript,
  object: ts.ObjectLiteralExpression,
): ts.ObjectLiteralExpression | undefined {
  const { parent } = object;
  if (!ts.isPropertyAssignment(parent)) return undefined;
  return OWN_BUILDS.has(nameOf(ts, parent.name) ?? '') ? undefined : parent.parent;
}

const isBehind = (ts: TypeScript, node: ts.Node): boolean =>
  ts.isArrayLiteralExpression(node.parent) && node.parent.elements[0] !== node;
