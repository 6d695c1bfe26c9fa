import type ts from 'typescript';
import {
  calleeIn,
  idIn,
  isScope,
  type LockedFunction,
  type LockedScope,
  type LockedSite,
} from '../base/locked.ts';
import { functionKey, type Renaming, type SiteRecord } from '../base/plan.ts';
import type { Body } from '../body/body.ts';
import type { ConstructPaths } from '../body/construct-paths.ts';
import { Fingerprints } from '../body/fingerprints.ts';
import type { SiteNames } from '../body/name-sites.ts';
import { type CodeScope, type CodeSite, type Matches, match, NewIds } from '../lock/match.ts';
import { digest, NormalForm, newHash } from '../syntax/normal-form.ts';

/** The ids of a function that is in a lock, and the fingerprints that go with them. */
interface Settled {
  readonly prints: Fingerprints;
  readonly renamed: Renaming;
}

/** After so many changes of mind the ids are taken as they are. Fingerprints that go round in a circle don't get better. */
const ROUNDS = 8;

/**
 * Gives the sites and scopes of a function the ids that they have in the lock. A fingerprint contains the ids of the sites whose
 * results it uses, so matching goes on until nothing changes any more: from the ids of the same places in the lock, if the code
 * has the same calls, this is one round.
 */
export function settleIds(
  body: Body,
  names: SiteNames,
  locked: LockedFunction,
  paths: ConstructPaths,
): Settled {
  const provisional = idsOf(names);
  const scopes = new CodeScopes(body, names);
  const known = inOrder(names, locked);
  let ids = known ?? provisional;
  let prints: Fingerprints | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    names.rename(ids.sites, ids.scopes);
    prints = new Fingerprints(body, names.nodes, scopes.names());
    const sites = sitesOf(names, prints, paths, scopes);
    if (ids === known && isAsLocked(sites, locked)) break;
    const found = match(locked, sites, scopes.all);
    const next = completed(names, locked, found);
    if (isSame(next, ids)) break;
    ids = next;
  }
  reportStale(body, names, locked);
  return {
    prints: prints ?? new Fingerprints(body, names.nodes),
    renamed: { sites: byId(provisional.sites, ids.sites), scopes: byId(provisional.scopes, ids.scopes) },
  };
}

/** The lock is up to date, so there is nothing to look for. */
const isAsLocked = (sites: readonly CodeSite[], locked: LockedFunction): boolean =>
  sites.every(({ print, kind }, index) => {
    const old = locked.sites[index]!;
    return print === old.print && kind === old.kind;
  });

interface Ids {
  readonly sites: readonly string[];
  readonly scopes: readonly string[];
}

const idsOf = (names: SiteNames): Ids => ({
  sites: names.nodes.map(({ site }) => site.id),
  scopes: names.scopes.map(({ id }) => id),
});

const isSame = (one: Ids, other: Ids): boolean =>
  one.sites.every((id, index) => id === other.sites[index]) &&
  one.scopes.every((id, index) => id === other.scopes[index]);

const byId = (from: readonly string[], to: readonly string[]): ReadonlyMap<string, string> =>
  new Map(from.map((id, index) => [id, to[index] ?? id]));

/** The ids of the lock, if it has the same callees in the same order. */
function inOrder(names: SiteNames, { sites, scopes }: LockedFunction): Ids | undefined {
  const isLike = (
    now: readonly { readonly name: string }[],
    old: readonly (LockedSite | LockedScope)[],
  ): boolean => now.length === old.length && now.every(({ name }, index) => name === nameOf(old[index]!));
  if (!isLike(names.nodes, sites) || !isLike(names.scopes, scopes)) return undefined;
  return { sites: sites.map(idIn), scopes: scopes.map(idIn) };
}

const nameOf = (entry: LockedSite | LockedScope): string => entry.name ?? calleeIn(idIn(entry));

/** Ids for what is new, which are those of nothing that the lock knows. */
function completed(names: SiteNames, locked: LockedFunction, { sites, scopes }: Matches): Ids {
  const newSites = new NewIds(
    [...locked.sites, ...locked.retired.filter((entry) => !isScope(entry))].map(idIn),
  );
  const newScopes = new NewIds([...locked.scopes, ...locked.retired.filter(isScope)].map(idIn));
  const all = [...sites];
  // Late ones are numbered after all others.
  for (const isLate of [false, true])
    for (const [index, node] of names.nodes.entries())
      if (node.isLate === isLate) all[index] ??= newSites.next(node.name);
  return {
    sites: all.map((id) => id ?? ''),
    scopes: scopes.map((id, index) => id ?? newScopes.next(names.scopes[index]!.name)),
  };
}

/** The closures of a function that have scopes. */
class CodeScopes {
  readonly all: readonly CodeScope[];
  private readonly scopes: SiteNames['scopes'];
  private readonly root: ts.Node;
  private readonly indexes: ReadonlyMap<ts.Node, number>;

  constructor(body: Body, names: SiteNames) {
    this.scopes = names.scopes;
    this.root = body.durable.node;
    this.indexes = new Map(names.scopes.map(({ node }, index) => [node, index]));
    this.all = names.scopes.map(({ node, name }) => {
      let print: string | undefined;
      // Where the lock is up to date, nobody asks.
      return {
        name,
        get print() {
          print ??= closurePrint(body, node);
          return print;
        },
      };
    });
  }

  /** The names by which closures count in fingerprints. */
  names(): ReadonlyMap<ts.Node, string> {
    return new Map(this.scopes.map(({ node, id }) => [node, calleeIn(id)]));
  }

  /** The index of the scope around a node. */
  around(node: ts.Node): number | undefined {
    for (let at = node.parent; at && at !== this.root; at = at.parent) {
      const index = this.indexes.get(at);
      if (index !== undefined) return index;
    }
    return undefined;
  }
}

/** A hash of the parameters and the code of a closure, without its name. */
function closurePrint({ file: { ts } }: Body, closure: ts.Node): string {
  const { parameters, body } = closure as ts.FunctionLikeDeclaration;
  const hash = newHash();
  const form = new NormalForm(ts);
  for (const part of [...parameters, ...(body ? [body] : [])]) form.write(part, hash, () => undefined);
  return digest(hash, 10);
}

function sitesOf(
  names: SiteNames,
  prints: Fingerprints,
  paths: ConstructPaths,
  scopes: CodeScopes,
): readonly CodeSite[] {
  return names.nodes.map((named) => ({
    kind: named.site.kind,
    name: named.name,
    print: prints.of(named),
    path: paths.of(named.node),
    scope: scopes.around(named.node),
  }));
}

/** Code that the lock doesn't know, and ids of the lock that nothing has any more. */
function reportStale({ file, durable }: Body, names: SiteNames, locked: LockedFunction): void {
  const { lock, reporter } = file;
  if (!lock?.isStrict) return;
  const known = new Set(locked.sites.map(({ id }) => id));
  for (const { site, node } of names.nodes)
    if (!known.delete(site.id)) reporter.report('lockStale', node, lock.name, `this call is not in it`);
  const knownScopes = new Set(locked.scopes.map(({ scope }) => scope));
  for (const { id, node } of names.scopes)
    if (!knownScopes.delete(id)) reporter.report('lockStale', node, lock.name, 'this closure is not in it');
  const gone = [...known, ...knownScopes];
  if (gone.length > 0)
    reporter.report('lockStale', durable.node, lock.name, `the function has no ${gone.join(', ')} any more`);
}

/** Gives a text that another tool has changed the ids that its source has. */
export function renameAs(names: SiteNames, renamed: Renaming | undefined): void {
  if (renamed === undefined) return;
  const { sites, scopes } = idsOf(names);
  names.rename(
    sites.map((id) => renamed.sites.get(id) ?? id),
    scopes.map((id) => renamed.scopes.get(id) ?? id),
  );
}

/** The longest text of a call, in characters. */
const SHOWN = 80;

/** What a lock keeps of a function. */
export function recordOf(
  body: Body,
  names: SiteNames,
  manifest: {
    readonly version: string;
    readonly sites: readonly SiteRecord[];
    readonly locked: LockedFunction | undefined;
  },
): LockedFunction {
  const { file, durable } = body;
  const code = new CodeScopes(body, names);
  const sites = names.nodes.map(({ node, name }, index): LockedSite => {
    const { id, kind, print, path, rounds } = manifest.sites[index]!;
    const around = code.around(node);
    return {
      id,
      kind,
      print,
      path,
      ...(around !== undefined && { in: names.scopes[around]!.id }),
      ...(name !== calleeIn(id) && { name }),
      ...(rounds && { rounds }),
      call: shortened(node.getText(file.sourceFile)),
    };
  });
  const scopes = names.scopes.map(
    ({ id, name }, index): LockedScope => ({
      scope: id,
      print: code.all[index]!.print,
      ...(name !== calleeIn(id) && { name }),
    }),
  );
  const { fileId } = file;
  const isInId = fileId === undefined || durable.id.includes(`${fileId.path}#`);
  return {
    fn: functionKey(durable),
    ...(!isInId && { file: fileId.path }),
    version: manifest.version,
    sites,
    scopes,
    retired: retiredBy(manifest.locked, [...sites, ...scopes]),
  };
}

/** What the lock knew and the code doesn't have. */
function retiredBy(
  locked: LockedFunction | undefined,
  present: readonly (LockedSite | LockedScope)[],
): LockedFunction['retired'] {
  if (locked === undefined) return [];
  const text = (entry: LockedSite | LockedScope): string => `${isScope(entry)} ${idIn(entry)}`;
  const now = new Set(present.map(text));
  return [...locked.retired, ...locked.sites, ...locked.scopes].filter((entry) => !now.has(text(entry)));
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > SHOWN ? `${line.slice(0, SHOWN - 3)}...` : line;
}
