import type ts from 'typescript';
import type { LockedFunction } from './locked.ts';

/**
 * The data between analysis and emission. Analysis makes all decisions and writes them down here. The two emitters apply them
 * without interpreting any node.
 */

/**
 * The kinds of sites. The runtime and its users see these words, except `call`: a call that is a step if it returns a promise.
 */
export type SiteKind = 'step' | 'sleep' | 'signal' | 'callback' | 'child' | 'combinator' | 'call';

/** A place in the source that becomes a step or a wait. Line and column count from 1. */
export interface Site {
  readonly id: string;
  readonly kind: SiteKind;
  readonly line: number;
  readonly column: number;
}

/** A site as it is in the manifest of its function. Later versions of the code are compared with it. */
export interface SiteRecord extends Site {
  /** A hash of the callee and the arguments. Layout, comments, types and names of local variables don't change it. */
  readonly print: string;
  /** The constructs that contain it, the outermost first: `for/if.then/closure`. */
  readonly path: string;
  /**
   * Where a loop or a closure reaches the site again and again, what decides which call is which: hashes of the elements of the
   * list, or of the calls of the closure. A call of a closure that is in no loop has a hash that begins with `=`.
   */
  readonly rounds?: readonly string[];
  /** The places of the random values that it depends on in their sequences, as a hash. Undefined if it depends on none. */
  readonly draws?: string;
  /** Of each read of the clock that it depends on, how many sites are before it in the source. */
  readonly clocks?: readonly number[];
}

/** One durable function of a file. */
export interface FunctionInfo {
  readonly id: string;
  /** The number of its version, where the source says one: several functions may have its id then. */
  readonly number?: number;
  readonly line: number;
  readonly column: number;
  /** A hash of the code. Layout, comments, types and the build route don't change it. */
  readonly version: string;
  readonly steps: readonly Site[];
}

/** Distinguishes the functions of a program: the id, and the number of the version where there is one. */
export const functionKey = ({
  id,
  number,
}: {
  readonly id: string;
  readonly number?: number | undefined;
}): string => (number === undefined ? id : `${id} version ${number}`);

/**
 * What a build knows of one durable function: where it is, its sites, and a version of its code. Layout, comments and types
 * change neither sites nor version; nor does the build route, since both are made of the source.
 */
export interface Manifest {
  readonly line: number;
  readonly column: number;
  readonly version: string;
  /** A hash of the whole module; undefined for a file without an id. */
  readonly module: string | undefined;
  readonly sites: readonly SiteRecord[];
  /** What a lock keeps of the function. */
  readonly record: () => LockedFunction;
  /** The ids that a lock gives, by those without it; undefined where there is none. */
  readonly renamed: Renaming | undefined;
  /** The flow of control, as `chart/encode.ts` writes it; left out for code that is nested too deeply. */
  readonly flow?: string;
}

/** New ids by provisional ones. */
export interface Renaming {
  readonly sites: ReadonlyMap<string, string>;
  readonly scopes: ReadonlyMap<string, string>;
}

/**
 * Text with holes. `parts` has one element more than `holes`; the holes are nodes of the source, in source order, and
 * keep their text, their comments and their positions.
 */
export interface Template {
  readonly parts: readonly string[];
  readonly holes: readonly ts.Node[];
}

/** `await using name = resource`: the guard follows the declaration of the resource. */
export interface Guard {
  readonly name: string;
  readonly resource: string;
}

export type Edit =
  /** The template replaces an expression. A hole may be the node itself; then the template wraps it. */
  | { readonly kind: 'replace'; readonly template: Template }
  /** The template replaces the callee of a call, or the tag of a tagged template. `optional` adds `?.` after it. */
  | { readonly kind: 'callee'; readonly template: Template; readonly optional: boolean }
  /**
   * The template replaces a chain of calls. Its holes are the receiver and the arguments of the head, in source order. An arrow
   * function follows: its parameter `link` is the head, and its body is the rest of the chain; then `)`. `opened` counts the
   * parentheses of the chain that begin before the head.
   */
  | {
      readonly kind: 'chain';
      readonly head: ts.Node;
      readonly template: Template;
      readonly link: string;
      readonly opened: number;
    }
  /**
   * A statement that declares with `await using` declares with `const` instead, and a guard for each of its names disposes of
   * the value. In a `for`, this is the whole statement, labels included.
   */
  | {
      readonly kind: 'resources';
      readonly list: ts.VariableDeclarationList;
      readonly guards: readonly Guard[];
    }
  /** A method or a property of an object literal moves to an object literal of its own, which is marked and spread. */
  | { readonly kind: 'spread'; readonly marker: string }
  /** The expression body of an arrow function becomes a block: these statements, then `return` of the expression. */
  | { readonly kind: 'block-body'; readonly statements: string }
  /** Statements at the start of a block or a `case`, after its directives. */
  | { readonly kind: 'prologue'; readonly statements: string }
  /** An anonymous function declaration gets this name. */
  | { readonly kind: 'name'; readonly name: string }
  /** Statements directly after this statement. */
  | { readonly kind: 'after'; readonly statements: string };

export type EditOf<Kind extends Edit['kind']> = Extract<Edit, { kind: Kind }>;

export interface Plan {
  /** Statements at the start of the file, after its directives. */
  readonly header: string;
  /** Edits by node. The outermost edit of a node is first. */
  readonly edits: ReadonlyMap<ts.Node, readonly Edit[]>;
  /**
   * The names that inserted statements use, each with an identifier of the source that has the same meaning: a module format
   * may write an imported or exported name in another way.
   */
  readonly references: ReadonlyMap<string, ts.Identifier>;
  /** All nodes that have an edit or contain one. The emitters skip all others. */
  readonly touched: ReadonlySet<ts.Node>;
}

/** Collects the edits of a plan. */
export class PlanBuilder {
  readonly edits = new Map<ts.Node, Edit[]>();
  readonly references = new Map<string, ts.Identifier>();

  /** The nodes with edits, and their ancestors. */
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

  /** Replaces the callee of a call, or the tag of a tagged template. */
  callee(call: ts.Node, template: Template, optional = false): void {
    this.add(call, { kind: 'callee', template, optional });
  }

  /** Replaces the placeholders in texts. */
  fillIn(literals: ReadonlyMap<string, string>): void {
    if (literals.size === 0) return;
    const fill = (part: string): string =>
      part.includes('\uE000')
        ? part.replace(/\uE000\d+\uE000/g, (placeholder) => literals.get(placeholder) ?? placeholder)
        : part;
    for (const edits of this.edits.values()) {
      for (const [index, edit] of edits.entries()) {
        if (edit.kind === 'resources')
          edits[index] = {
            ...edit,
            guards: edit.guards.map(({ name, resource }) => ({ name, resource: fill(resource) })),
          };
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
