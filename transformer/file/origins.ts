import type ts from 'typescript';
import { staticKey, unwrap } from '../syntax/nodes.ts';
import { importOf } from './bindings.ts';
import type { FileContext } from './file-context.ts';

/** The part of a file's context that is needed to resolve names. */
export type FileNames = Pick<FileContext, 'ts' | 'bindings' | 'origins'>;

/**
 * The origin of an expression that names something imported or global: `Date.now`, `Promise.all` for globals,
 * `timers/promises#setTimeout`, `use-durable#sleep` for imports (without the prefix `node:`). Undefined for all other
 * expressions.
 */
export function originOf(file: FileNames, expression: ts.Expression): string | undefined {
  const { ts, origins } = file;
  const node = unwrap(ts, expression);
  const known = origins.get(node);
  if (known !== undefined || origins.has(node)) return known;
  const origin = findOrigin(file, node);
  origins.set(node, origin);
  return origin;
}

function findOrigin(file: FileNames, node: ts.Expression): string | undefined {
  const { ts } = file;
  if (ts.isIdentifier(node)) {
    const binding = file.bindings.resolve(node);
    if (!binding) return node.text;
    const imported = importOf(ts, binding);
    return imported && `${imported.module.replace(/^node:/, '')}#${imported.name}`;
  }
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return undefined;
  const key = staticKey(ts, node);
  const base = key === undefined ? undefined : originOf(file, node.expression);
  if (base === undefined) return undefined;
  if (base === 'globalThis' || base === 'global') return key;
  // A default import of one of Node's modules has the same members as its namespace.
  return /#(\*|default)$/.test(base) ? base.replace(/#.*$/, `#${key}`) : `${base}.${key}`;
}
