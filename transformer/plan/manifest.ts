import type ts from 'typescript';
import { functionKey, type Manifest } from '../base/plan.ts';
import type { Body } from '../body/body.ts';
import { ConstructPaths } from '../body/construct-paths.ts';
import { Draws } from '../body/draws.ts';
import { Fingerprints } from '../body/fingerprints.ts';
import type { SiteNames } from '../body/name-sites.ts';
import { Rounds } from '../body/rounds.ts';
import { encodeFlow } from '../chart/encode.ts';
import { flowOf } from '../chart/flow-of.ts';
import { sourcesOf } from '../flow/collect-sources.ts';
import type { PromiseFlow } from '../flow/track-promises.ts';
import { digest, NormalForm, newHash } from '../syntax/normal-form.ts';
import { recordOf, renameAs, settleIds } from './lock-ids.ts';

/** Characters of a code version, of 6 bits each. */
const LENGTH = 16;

export function manifestOf(body: Body, names: SiteNames, promises: PromiseFlow): Manifest {
  const { file, durable } = body;
  // Another tool may have moved everything.
  const known = typeof file.tools === 'object' && 'source' in file.tools ? file.tools.source : undefined;
  const ofSource = known?.get(functionKey(durable));
  if (ofSource !== undefined) {
    renameAs(names, ofSource.renamed);
    return ofSource;
  }
  const locked = file.lock?.of(functionKey(durable));
  const paths = new ConstructPaths(body);
  const settled = locked && settleIds(body, names, locked, paths);
  const prints = settled?.prints ?? new Fingerprints(body, names.nodes);
  const rounds = new Rounds(body, prints);
  const nodes = names.nodes.map(({ node }) => node);
  const draws = new Draws(body, prints, paths, nodes, () => sourcesOf(body));
  const sites = names.nodes.map((node) => {
    const repeated = rounds.of(node.node);
    return {
      ...node.site,
      print: prints.of(node),
      path: paths.of(node.node),
      ...(repeated && { rounds: repeated }),
      ...draws.of(node.node),
    };
  });
  const at = file.positionOf(durable.node);
  const flow = flowOf(body, names, promises);
  const version = versionOf(body, names);
  return {
    ...at,
    version,
    module: file.moduleDigest(),
    sites,
    renamed: settled?.renamed,
    record: () => recordOf(body, names, { version, sites, locked }),
    ...(flow && { flow: encodeFlow(flow, at.line, sites) }),
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
  hash.update(
    `${JSON.stringify([names.sites.map(({ id, kind }) => [id, kind]), names.scopes.map(({ id }) => id)])}\n`,
  );
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
