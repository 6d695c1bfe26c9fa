import type ts from 'typescript';
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

/**
 * Assigns ids to the sites of one durable function: the callee as written, and `#2`, `#3`, ... from the second site with the
 * same callee on, in source order. The planning pass visits sites in that order, parents before children. Sites of code that runs
 * only where `since('name')` is true are counted on their own: `charge#name`, `charge#name#2`.
 */
export class SiteNames {
  readonly sites: Site[] = [];
  /** The nodes of the sites, in the same order. */
  readonly nodes: SiteNode[] = [];
  /** The ids of the scopes of closures, in source order. */
  readonly scopes: string[] = [];
  /** The closures that have scopes, each with the id of its scope. */
  readonly closures = new Map<ts.Node, string>();
  /** The text of a callee in a TypeError, by the id of its site, if it differs from the name in the id. */
  readonly texts: Record<string, string> = {};
  private readonly file: FileContext;
  private readonly siteCounts = new Map<string, number>();
  private readonly scopeCounts = new Map<string, number>();
  private readonly late: { readonly site: Mutable<Site>; readonly name: string; readonly text: string }[] =
    [];
  private readonly lateScopes: {
    readonly placeholder: string;
    readonly name: string;
    readonly closure: ts.Node;
  }[] = [];
  private readonly literals: Map<string, string>;
  private readonly guards: SinceGuards;

  /** @param literals the ids that replace placeholders later, by placeholder; one map for a file */
  constructor(file: FileContext, guards: SinceGuards, literals: Map<string, string>) {
    this.file = file;
    this.guards = guards;
    this.literals = literals;
  }

  private guarded(name: string, node: ts.Node): string {
    const guard = this.guards.of(node);
    return guard === undefined ? name : `${name}#${guard}`;
  }

  /** Registers a site. Returns its id as a string literal for compiled code. */
  site(name: string, kind: SiteKind, node: ts.Node): string {
    const id = number(this.siteCounts, this.guarded(name, node));
    const site = { id, kind, ...this.file.positionOf(node) };
    this.sites.push(site);
    this.nodes.push({ site, node });
    return JSON.stringify(id);
  }

  /** Registers a call of `callee`. Returns its id as a string literal. */
  call(callee: ts.Expression, kind: SiteKind, node: ts.Node): string {
    const name = calleeName(this.file, callee);
    const literal = this.site(name, kind, node);
    const text = shownText(this.file.ts, callee);
    const id = this.sites.at(-1)?.id;
    if (text !== name && id !== undefined) this.texts[id] = text;
    return literal;
  }

  /**
   * Registers a site that is numbered after all others with its name. So these keep the ids that they had before there were
   * sites of its kind. Returns a placeholder for its id.
   *
   * @param text the text of the callee in a TypeError
   */
  quiet(name: string, kind: SiteKind, node: ts.Node, text = name): string {
    const placeholder = this.placeholder();
    const site = { id: placeholder, kind, ...this.file.positionOf(node) };
    this.sites.push(site);
    this.nodes.push({ site, node });
    this.late.push({ site, name: this.guarded(name, node), text });
    return placeholder;
  }

  /** Like `quiet`, for a call of `callee`. */
  quietCall(callee: ts.Expression, kind: SiteKind, node: ts.Node): string {
    return this.quiet(calleeName(this.file, callee), kind, node, shownText(this.file.ts, callee));
  }

  /** Like `scope`, for a scope that only quiet calls use. */
  quietScope(name: string, closure: ts.Node): string {
    const placeholder = this.placeholder();
    this.lateScopes.push({ placeholder, name: this.guarded(name, closure), closure });
    return placeholder;
  }

  private placeholder(): string {
    const placeholder = `\uE000${this.literals.size}\uE000`;
    this.literals.set(placeholder, '');
    return placeholder;
  }

  /** Assigns ids to the late sites and scopes, after all others have theirs. */
  finish(): void {
    for (const { placeholder, name, closure } of this.lateScopes)
      this.literals.set(placeholder, this.scopeNamed(name, closure));
    for (const { site, name, text } of this.late) {
      const placeholder = site.id;
      site.id = number(this.siteCounts, name);
      this.literals.set(placeholder, JSON.stringify(site.id));
      if (text !== name) this.texts[site.id] = text;
    }
  }

  /** Registers the scope of a closure. Returns its id as a string literal. */
  scope(name: string, closure: ts.Node): string {
    return this.scopeNamed(this.guarded(name, closure), closure);
  }

  private scopeNamed(name: string, closure: ts.Node): string {
    const id = number(this.scopeCounts, name);
    this.scopes.push(id);
    this.closures.set(closure, id);
    return JSON.stringify(id);
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function number(counts: Map<string, number>, name: string): string {
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  return count === 1 ? name : `${name}#${count}`;
}

/**
 * The id of a step with a name that the author chose: the name itself, unless it could be taken for a generated id; then it is
 * quoted. The runtime has the same rule for computed names (`handName` in `runtime/base/keys.ts`); a test compares the two.
 */
export function handName(name: string): string {
  return /[ -]/.test(name) && !/[/[\]"#]/.test(name) ? name : JSON.stringify(name);
}
