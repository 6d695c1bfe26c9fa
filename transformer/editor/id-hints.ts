import type ts from 'typescript';
import type { AnalyzedFunction } from '../analyze.ts';
import type { TypeScript } from '../base/typescript.ts';
import { calleeName } from '../body/callees.ts';
import type { SiteNode } from '../body/name-sites.ts';
import type { FileContext } from '../file/file-context.ts';
import { calleeOf, isCall, unwrap } from '../syntax/nodes.ts';

/** Something that an editor shows in the line, at an offset. */
export interface IdHint {
  readonly position: number;
  readonly text: string;
}

/**
 * The ids of sites that differ from what is written there: `#2` behind the callee of the second `charge(...)`, or the whole id
 * where it is another text. A name that the author gave a step stands there already.
 */
export function idHints(ts: TypeScript, functions: readonly AnalyzedFunction[]): IdHint[] {
  return functions
    .flatMap(({ body, sites }) => sites.flatMap((site) => hintOf(ts, body.file, site) ?? []))
    .sort((one, other) => one.position - other.position);
}

function hintOf(ts: TypeScript, file: FileContext, { site: { id }, node }: SiteNode): IdHint | undefined {
  const number = /(?<!\.)(?:#[\w.-]+)+$/.exec(id)?.[0];
  const base = number === undefined ? id : id.slice(0, -number.length);
  const named = linkNamed(file, node as ts.Expression, base) ?? nameGiven(ts, node, base);
  if (named !== undefined) return number === undefined ? undefined : { position: named.end, text: number };
  return { position: node.end, text: ` ${id}` };
}

/** The callee or promise of an expression, or of a link of its chain, that has this name. */
function linkNamed(file: FileContext, expression: ts.Expression, name: string): ts.Expression | undefined {
  const { ts } = file;
  for (let at = unwrap(ts, expression); ; ) {
    if (isCall(ts, at)) at = unwrap(ts, calleeOf(ts, at));
    else if (ts.isNewExpression(at)) at = unwrap(ts, at.expression);
    if (calleeName(file, at) === name) return at;
    if (!ts.isPropertyAccessExpression(at) && !ts.isElementAccessExpression(at)) return undefined;
    at = unwrap(ts, at.expression);
  }
}

/** The literal with the name that the author gave a step. */
function nameGiven(ts: TypeScript, node: ts.Node, id: string): ts.Expression | undefined {
  const name = ts.isCallExpression(node) ? node.arguments[0] : undefined;
  if (!name || !ts.isStringLiteralLike(name)) return undefined;
  return id === name.text || id === JSON.stringify(name.text) ? name : undefined;
}
