import type ts from 'typescript';
import { functionKey, type Manifest } from '../base/plan.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import { Fingerprints } from '../body/fingerprints.ts';
import type { SiteNames } from '../body/name-sites.ts';
import { Rounds } from '../body/rounds.ts';
import { isFunctionNode } from '../syntax/nodes.ts';
import { digest, NormalForm, newHash } from '../syntax/normal-form.ts';

/** Characters of a code version, of 6 bits each. */
const LENGTH = 16;

export function manifestOf(body: Body, names: SiteNames): Manifest {
  const { file, durable } = body;
  // Another tool may have moved everything.
  const known = typeof file.tools === 'object' && 'source' in file.tools ? file.tools.source : undefined;
  const ofSource = known?.get(functionKey(durable));
  if (ofSource !== undefined) return ofSource;
  const prints = new Fingerprints(body, names.nodes);
  const paths = new ConstructPaths(body);
  const rounds = new Rounds(body, prints);
  const sites = names.nodes.map((node) => {
    const repeated = rounds.of(node.node);
    return {
      ...node.site,
      print: prints.of(node),
      path: paths.of(node.node),
      ...(repeated && { rounds: repeated }),
    };
  });
  return {
    ...file.positionOf(durable.node),
    version: versionOf(body, names),
    module: file.moduleDigest(),
    sites,
  };
}

/**
 * A hash of the whole function in normal form, and of the ids in its journal. With the same version, a replay takes the same
 * path, if the functions that it calls behave the same.
 */
function versionOf({ file, durable }: Body, names: SiteNames): string {
  const { ts } = file;
  const { node } = durable;
  const hash = newHash();
  hash.update(`${JSON.stringify([names.sites.map(({ id, kind }) => [id, kind]), names.scopes])}\n`);
  const form = new NormalForm(ts);
  const write = (part: ts.Node): void => form.write(part, hash, () => undefined);
  // Its name may change while its id stays the same.
  for (const parameter of node.parameters) write(parameter);
  if (!node.body) return digest(hash, LENGTH);
  if (!ts.isBlock(node.body)) write(node.body);
  else for (const statement of node.body.statements) if (!isDirective(ts, statement)) write(statement);
  return digest(hash, LENGTH);
}

const isDirective = (typescript: typeof ts, statement: ts.Statement): boolean =>
  typescript.isExpressionStatement(statement) && typescript.isStringLiteralLike(statement.expression);

/** The constructs around nodes of one function, the outermost first: `for/if.then/closure`. */
class ConstructPaths {
  private readonly ts: TypeScript;
  private readonly known = new Map<ts.Node, string>();

  constructor({ file, durable }: Body) {
    this.ts = file.ts;
    // Nodes directly in the function are in no construct.
    file.ts.forEachChild(durable.node, (child) => void this.known.set(child, ''));
  }

  of(node: ts.Node): string {
    // Each ancestor is visited once: many sites may be deep in one sum.
    const climbed: ts.Node[] = [];
    let at = node;
    for (; !this.known.has(at) && at.parent; at = at.parent) climbed.push(at);
    let path = this.known.get(at) ?? '';
    for (let child = climbed.pop(); child; child = climbed.pop()) {
      const part = partOf(this.ts, child.parent, child);
      if (part !== undefined) path = path === '' ? part : `${path}/${part}`;
      this.known.set(child, path);
    }
    return path;
  }
}

/**
 * The part of a construct in which a node is; undefined if the construct doesn't decide whether or how often the node is
 * reached.
 */
function partOf(typescript: typeof ts, parent: ts.Node, child: ts.Node): string | undefined {
  const ts = typescript;
  if (ts.isIfStatement(parent)) {
    if (child === parent.expression) return undefined;
    return child === parent.thenStatement ? 'if.then' : 'if.else';
  }
  if (ts.isConditionalExpression(parent)) {
    if (child === parent.condition) return undefined;
    return child === parent.whenTrue ? '?.then' : '?.else';
  }
  if (ts.isForOfStatement(parent) || ts.isForInStatement(parent))
    return child === parent.statement ? 'for' : undefined;
  if (ts.isForStatement(parent)) return child === parent.initializer ? undefined : 'for';
  if (ts.isWhileStatement(parent)) return 'while';
  if (ts.isDoStatement(parent)) return 'do';
  if (ts.isTryStatement(parent)) return child === parent.tryBlock ? 'try' : 'finally';
  if (ts.isCatchClause(parent)) return 'catch';
  if (ts.isCaseOrDefaultClause(parent)) return `case ${parent.parent.clauses.indexOf(parent)}`;
  if (isFunctionNode(ts, parent)) return 'closure';
  return undefined;
}
