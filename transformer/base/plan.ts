import type ts from 'typescript';

/**
 * The data between analysis and emission. Analysis decides everything and writes it down here; the two emitters carry
 * it out without looking at the meaning of any node.
 */

/** What a site is; the runtime and its users see these words, but for `call`: a call that is a step if it gives a promise. */
export type SiteKind = 'step' | 'sleep' | 'signal' | 'callback' | 'child' | 'combinator' | 'call';

/** A place in the source that becomes a step or a wait. Line and column count from 1. */
export interface Site {
  readonly id: string;
  readonly kind: SiteKind;
  readonly line: number;
  readonly column: number;
}

/** A site as the manifest of its function has it, from which a later version of the code is told apart. */
export interface SiteRecord extends Site {
  /** What is called with which arguments, as a hash; layout, comments, types and names of local variables don't count. */
  readonly print: string;
  /** The constructs around it, from the outside: `for/if.then/closure`. */
  readonly path: string;
}

/** One durable function of a file. */
export interface FunctionInfo {
  readonly id: string;
  readonly line: number;
  readonly column: number;
  /** A hash of the code: layout, comments, types and the build route don't change it. */
  readonly version: string;
  readonly steps: readonly Site[];
}

/**
 * Text with holes. `parts` has one element more than `holes`; the holes are nodes of the source, in source order, and
 * keep their text, their comments and their positions.
 */
export interface Template {
  readonly parts: readonly string[];
  readonly holes: readonly ts.Node[];
}

/** `await using name = resource`, behind the declaration of what it guards. */
export interface Guard {
  readonly name: string;
  readonly resource: string;
}

export type Edit =
  /** An expression becomes the template. A hole may be the node itself, which wraps it. */
  | { readonly kind: 'replace'; readonly template: Template }
  /** The callee of a call, or the tag of a tagged template, becomes the template; `optional` adds `?.` behind it. */
  | { readonly kind: 'callee'; readonly template: Template; readonly optional: boolean }
  /**
   * A chain of calls becomes the template; its holes are what the head is called on and with, in source order. Behind
   * them comes an arrow whose parameter `link` stands for the head, whose body is the rest of the chain, then `)`.
   * `opened` is how many of the chain's parentheses begin before the head.
   */
  | {
      readonly kind: 'chain';
      readonly head: ts.Node;
      readonly template: Template;
      readonly link: string;
      readonly opened: number;
    }
  /**
   * A statement that declares with `await using` declares with `const`, and a guard for each of its names disposes of
   * what the name stands for. Of a `for` the whole statement, its labels included.
   */
  | {
      readonly kind: 'resources';
      readonly list: ts.VariableDeclarationList;
      readonly guards: readonly Guard[];
    }
  /** A method, or a property, of an object literal stands in a literal of its own, which is marked and spread. */
  | { readonly kind: 'spread'; readonly marker: string }
  /** The expression body of an arrow becomes a block: these statements, then `return` of the expression. */
  | { readonly kind: 'block-body'; readonly statements: string }
  /** Statements at the head of a block or a `case`, behind its directives. */
  | { readonly kind: 'prologue'; readonly statements: string }
  /** An anonymous function declaration gets this name. */
  | { readonly kind: 'name'; readonly name: string }
  /** Statements right behind this statement. */
  | { readonly kind: 'after'; readonly statements: string };

export type EditOf<Kind extends Edit['kind']> = Extract<Edit, { kind: Kind }>;

export interface Plan {
  /** Statements at the head of the file, behind its directives. */
  readonly header: string;
  /** Edits by node, outermost first. */
  readonly edits: ReadonlyMap<ts.Node, readonly Edit[]>;
  /**
   * The names that inserted statements refer to, with an identifier of the source that means the same: a module format
   * may write an imported or exported name differently.
   */
  readonly references: ReadonlyMap<string, ts.Identifier>;
  /** All nodes that have an edit or hold one that has; the emitters look at no others. */
  readonly touched: ReadonlySet<ts.Node>;
}

/** Collects the edits of a plan. */
export class PlanBuilder {
  readonly edits = new Map<ts.Node, Edit[]>();
  readonly references = new Map<string, ts.Identifier>();

  /** The nodes with edits and all above them. */
  touched(): ReadonlySet<ts.Node> {
    const touched = new Set<ts.Node>();
    const climb = (from: ts.Node): void => {
      for (let at = from; at && !touched.has(at); at = at.parent) touched.add(at);
    };
    for (const [node, edits] of this.edits) {
      climb(node);
      for (const edit of edits) if (edit.kind === 'chain') climb(edit.head);
    }
    return touched;
  }

  /** Adds an edit to a node, inside the edits it already has. */
  add(node: ts.Node, edit: Edit): void {
    const present = this.edits.get(node);
    if (present) present.push(edit);
    else this.edits.set(node, [edit]);
  }

  replace(node: ts.Node, parts: readonly string[], holes: readonly ts.Node[]): void {
    this.add(node, { kind: 'replace', template: { parts, holes } });
  }

  /** Replaces what a call, or a tagged template, calls. */
  callee(call: ts.Node, template: Template, optional = false): void {
    this.add(call, { kind: 'callee', template, optional });
  }

  /** Writes what placeholders in texts stand for. */
  fillIn(literals: ReadonlyMap<string, string>): void {
    if (literals.size === 0) return;
    const fill = (part: string): string =>
      part.includes('\uE000')
        ? part.replace(/\uE000\d+\uE000/g, (placeholder) => literals.get(placeholder) ?? placeholder)
        : part;
    for (const edits of this.edits.values()) {
      for (const [index, edit] of edits.entries()) {
        if ('statements' in edit) edits[index] = { ...edit, statements: fill(edit.statements) };
        if (!('template' in edit)) continue;
        const { parts, holes } = edit.template;
        edits[index] = { ...edit, template: { parts: parts.map(fill), holes } };
      }
    }
  }

  /** Puts text around a node. */
  wrap(node: ts.Node, before: string, after: string): void {
    this.replace(node, [before, after], [node]);
  }
}
