import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import type { Lists } from '../body/lists.ts';
import type { SiteNode } from '../body/name-sites.ts';
import { sinceName } from '../body/since-guards.ts';
import type { Binding } from '../file/bindings.ts';
import { unwrap } from '../syntax/nodes.ts';
import type { Helpers } from './helpers.ts';
import type { Mark } from './mark.ts';
import type { Prints } from './prints.ts';
import type { Variables } from './variables.ts';

/** What is known of a function before its course is read. */
export interface Given {
  readonly body: Body;
  /** By their nodes, without wrappers. */
  readonly sites: ReadonlyMap<ts.Node, SiteNode>;
  /** Names for which `since` is false. */
  readonly absent: ReadonlySet<string>;
  /** The closures that have scopes, each with the id of its scope. */
  readonly scopes: ReadonlyMap<ts.Node, string>;
  /** Those of them in which calls may come. */
  readonly closures: ReadonlyMap<ts.Node, string>;
  readonly variables: Variables;
  readonly lists: Lists;
  readonly helpers: Helpers;
  readonly prints: Prints;
}

/** Writes the marks of a course. */
export abstract class Marker {
  /** The variables on which something depends. */
  readonly used = new Set<Binding>();
  protected readonly given: Given;
  protected readonly ts: TypeScript;
  protected marks: Mark[] = [];

  constructor(given: Given) {
    this.given = given;
    this.ts = given.body.file.ts;
  }

  protected use(node: ts.Node): void {
    const { variables, helpers } = this.given;
    for (const binding of variables.named(node)) {
      this.used.add(binding);
      for (const helper of helpers.of(binding))
        for (const inner of variables.named(helper)) this.used.add(inner);
    }
  }

  protected print(node: ts.Node): string {
    return this.given.prints.of(node);
  }

  protected mark(node: ts.Node, kind: Mark['kind'], what: string, print: string): void {
    const place = this.given.body.file.positionOf(node);
    this.marks.push({ kind, what, text: `${kind}:${what}:${print}`, ...place });
  }

  protected open(node: ts.Node, what: string, test: ts.Expression): void {
    this.openWith(node, what, [test]);
  }

  protected openWith(node: ts.Node, what: string, heads: readonly ts.Node[]): void {
    for (const head of heads) this.use(head);
    this.mark(node, 'open', what, heads.map((head) => this.guard(head) ?? this.print(head)).join(','));
  }

  /** `since('name')` alone: what runs of before have passed it skip the construct. */
  private guard(head: ts.Node): string | undefined {
    const { ts } = this;
    const node = ts.isExpression(head) ? unwrap(ts, head) : head;
    const name = ts.isCallExpression(node) ? sinceName(this.given.body, node) : undefined;
    return name === undefined ? undefined : `since:${name}`;
  }

  protected close(node: ts.Node): void {
    this.mark(node, 'close', 'end', '');
  }

  /** The marks of a part. */
  protected apart(read: () => void): readonly Mark[] {
    const { marks } = this;
    this.marks = [];
    read();
    const found = this.marks;
    this.marks = marks;
    return found;
  }
}
