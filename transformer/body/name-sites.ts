import type ts from 'typescript';
import { calleeIn, numbered } from '../base/locked.ts';
import type { Site, SiteKind } from '../base/plan.ts';
import type { FileContext } from '../file/file-context.ts';
import { shownText } from '../syntax/shown-text.ts';
import { calleeName } from './callees.ts';
import type { SinceGuards } from './since-guards.ts';

/** A site and its node. */
export interface SiteNode {
  readonly site: Site;
  readonly node: ts.Node;
}

/** What is known of a site before it has its id. */
interface NamedSite extends SiteNode {
  readonly site: Mutable<Site>;
  /** What it is counted by: the callee as written, or the name that the author gave; with the name of the `since` around it. */
  readonly name: string;
  /** The name as the runtime shows it. */
  readonly callee: string;
  /** The text of the callee in a TypeError. */
  readonly text: string;
  /** It is numbered after all others with its name. */
  readonly isLate: boolean;
  readonly placeholder: string | undefined;
}

/** The scope of a closure. */
interface NamedScope {
  readonly node: ts.Node;
  readonly name: string;
  id: string;
  readonly placeholder: string | undefined;
}

/**
 * Assigns ids to the sites of one durable function: the callee as written, and `#2`, `#3`, ... from the second site with the
 * same callee on, in source order. The planning pass visits sites in that order, parents before children. Sites of code that runs
 * only where `since('name')` is true are counted on their own: `charge#name`, `charge#name#2`. Where the function is in a lock,
 * these ids are provisional, and `rename` replaces them by those of the lock.
 */
export class SiteNames {
  /** In source order. */
  readonly nodes: readonly NamedSite[];
  /** The scopes of closures: in source order, and behind them those that only possible steps use. */
  readonly scopes: readonly NamedScope[];
  /** Places that may record something under these ids, and are no sites: in few cases only. */
  readonly unlisted: { readonly id: string; readonly node: ts.Node }[] = [];
  private readonly file: FileContext;
  private readonly isLocked: boolean;
  private readonly known: NamedSite[] = [];
  private readonly knownScopes: NamedScope[] = [];
  private readonly siteCounts = new Map<string, number>();
  private readonly scopeCounts = new Map<string, number>();
  private readonly lateScopes: Omit<NamedScope, 'id'>[] = [];
  private readonly literals: Map<string, string>;
  private readonly guards: SinceGuards;

  /**
   * @param literals the ids that replace placeholders later, by placeholder; one map for a file
   * @param isLocked whether all ids are placeholders until `rename`
   */
  constructor(file: FileContext, guards: SinceGuards, literals: Map<string, string>, isLocked: boolean) {
    this.file = file;
    this.guards = guards;
    this.literals = literals;
    this.isLocked = isLocked;
    this.nodes = this.known;
    this.scopes = this.knownScopes;
  }

  get sites(): readonly Site[] {
    return this.known.map(({ site }) => site);
  }

  private guarded(name: string, node: ts.Node): string {
    const guard = this.guards.of(node);
    return guard === undefined ? name : `${name}#${guard}`;
  }

  /** The closures that have scopes, each with the id of its scope. */
  get closures(): ReadonlyMap<ts.Node, string> {
    return new Map(this.knownScopes.map(({ node, id }) => [node, id]));
  }

  /** Registers a site. Returns its id as a string literal for compiled code. */
  site(name: string, kind: SiteKind, node: ts.Node, text = name): string {
    const counted = this.guarded(name, node);
    const id = number(this.siteCounts, counted);
    const placeholder = this.isLocked ? this.placeholder() : undefined;
    const site = { id, kind, ...this.file.positionOf(node) };
    this.known.push({ site, node, name: counted, callee: name, text, isLate: false, placeholder });
    return placeholder ?? JSON.stringify(id);
  }

  /** Registers a call of `callee`. Returns its id as a string literal. */
  call(callee: ts.Expression, kind: SiteKind, node: ts.Node): string {
    return this.site(calleeName(this.file, callee), kind, node, shownText(this.file.ts, callee));
  }

  /**
   * Registers a site that is numbered after all others with its name. So these keep the ids that they had before there were
   * sites of its kind. Returns a placeholder for its id.
   *
   * @param text the text of the callee in a TypeError
   */
  possible(name: string, kind: SiteKind, node: ts.Node, text = name): string {
    const placeholder = this.placeholder();
    const site = { id: placeholder, kind, ...this.file.positionOf(node) };
    const counted = this.guarded(name, node);
    this.known.push({ site, node, name: counted, callee: counted, text, isLate: true, placeholder });
    return placeholder;
  }

  /** Like `possible`, for a call of `callee`. */
  possibleCall(callee: ts.Expression, kind: SiteKind, node: ts.Node): string {
    return this.possible(calleeName(this.file, callee), kind, node, shownText(this.file.ts, callee));
  }

  /** Registers the scope of a closure. Returns its id as a string literal. */
  scope(name: string, node: ts.Node): string {
    const counted = this.guarded(name, node);
    const id = number(this.scopeCounts, counted);
    const placeholder = this.isLocked ? this.placeholder() : undefined;
    this.knownScopes.push({ node, name: counted, id, placeholder });
    return placeholder ?? JSON.stringify(id);
  }

  /** Like `scope`, for a scope that only possible steps use. */
  possibleScope(name: string, node: ts.Node): string {
    const placeholder = this.placeholder();
    this.lateScopes.push({ node, name: this.guarded(name, node), placeholder });
    return placeholder;
  }

  private placeholder(): string {
    const placeholder = `\uE000${this.literals.size}\uE000`;
    this.literals.set(placeholder, '');
    return placeholder;
  }

  /** Notes that a node may record something under an id that is no site's. */
  note(id: string, node: ts.Node): void {
    this.unlisted.push({ id, node });
  }

  /** Assigns ids to the late sites and scopes, after all others have theirs. */
  finish(): void {
    for (const scope of this.lateScopes) {
      const id = number(this.scopeCounts, scope.name);
      this.knownScopes.push({ ...scope, id });
    }
    for (const { site, name, isLate } of this.known) if (isLate) site.id = number(this.siteCounts, name);
    this.fillIn();
  }

  /** Replaces the ids, in the order of `nodes` and `scopes`. */
  rename(sites: readonly string[], scopes: readonly string[]): void {
    for (const [index, { site }] of this.known.entries()) site.id = sites[index] ?? site.id;
    for (const [index, scope] of this.knownScopes.entries()) scope.id = scopes[index] ?? scope.id;
    this.fillIn();
  }

  private fillIn(): void {
    for (const { site, placeholder } of this.known) this.literal(placeholder, site.id);
    for (const { id, placeholder } of this.knownScopes) this.literal(placeholder, id);
  }

  private literal(placeholder: string | undefined, id: string): void {
    if (placeholder !== undefined) this.literals.set(placeholder, JSON.stringify(id));
  }

  /** The texts of callees in TypeErrors, by the ids of their sites, where they differ from the names in the ids. */
  texts(): Readonly<Record<string, string>> {
    const inOrder = [
      ...this.known.filter(({ isLate }) => !isLate),
      ...this.known.filter(({ isLate }) => isLate),
    ];
    return Object.fromEntries(
      inOrder.flatMap(({ site, name, callee, text }) =>
        text === callee && name === calleeIn(site.id) ? [] : [[site.id, text]],
      ),
    );
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function number(counts: Map<string, number>, name: string): string {
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  return numbered(name, count);
}

/**
 * The id of a step with a name that the author chose: the name itself, unless it could be taken for a generated id; then it is
 * quoted. The runtime has the same rule for computed names (`handName` in `runtime/base/keys.ts`); a test compares the two.
 */
export function handName(name: string): string {
  return /[ -]/.test(name) && !/[/[\]"#]/.test(name) ? name : JSON.stringify(name);
}
