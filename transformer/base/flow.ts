import type { SiteKind } from './plan.ts';

/**
 * The flow of control of one durable function, as a person sees it: which sites come after which, and what decides. Code that
 * neither reaches a site nor leaves the function is not in it. The runtime has the same types (`runtime/functions/flow.ts`).
 */

/** The line and the column of the start, and those behind the end; from 1. */
export type Span = readonly [line: number, column: number, endLine: number, endColumn: number];

export interface FunctionFlow {
  readonly body: FlowNode;
  /** Functions inside of it that reach a site, in source order. Each call of one has keys of its own. */
  readonly functions: readonly InnerFunction[];
}

export interface InnerFunction {
  readonly name: string;
  readonly span: Span;
  /** The part of keys that stands for a call of it; undefined if it has no sites of its own. */
  readonly scope?: string;
  readonly async?: true;
  /** Where it is called is not known: it is kept in an object or a list, or is a method. */
  readonly stored?: true;
  readonly body: FlowNode;
}

export type FlowNode =
  | FlowSequence
  | FlowSite
  | FlowBranch
  | FlowSwitch
  | FlowLoop
  | FlowBlock
  | FlowTry
  | FlowParallel
  | FlowUse
  | FlowJump
  | FlowYield;

interface Placed {
  readonly span: Span;
}

/** One after the other. Without items, it is nothing. */
export interface FlowSequence {
  readonly kind: 'seq';
  readonly items: readonly FlowNode[];
}

/** A box: a place at which a run may record something. */
export interface FlowSite extends Placed {
  readonly kind: 'site';
  /** The id in keys. */
  readonly id: string;
  /** `await`: the table of steps lacks it, since it records something only for few kinds of values. */
  readonly type: SiteKind | 'await';
  /** The call as it is written. */
  readonly title: string;
  /** What the author calls it: of a comment `// step: label`, or the JSDoc of the call. */
  readonly label?: string;
  /** Other ids under which it records something. */
  readonly also?: readonly string[];
  /** The name is computed; `*` stands for what is not known. It replaces the id in keys. */
  readonly pattern?: string;
  /** It waits for what this site has created: the key of that site, with `:result`. */
  readonly of?: string;
  /** It is not awaited here. */
  readonly started?: true;
  /** It may record nothing although it is reached. */
  readonly maybe?: true;
  /** It may record something several times, and later than it is reached: another function calls it. */
  readonly many?: true;
  /** It is in a parameter: its key is one of the function around. */
  readonly outer?: true;
}

/**
 * `yes` if the condition holds. For `??` and a default value (`=`), `yes` is what happens if there is a value; for `?.`, what
 * happens if the object is there.
 */
export interface FlowBranch extends Placed {
  readonly kind: 'if';
  readonly via: 'if' | '?:' | '&&' | '||' | '??' | '?.' | '=';
  readonly on: string;
  readonly yes: FlowNode;
  readonly no: FlowNode;
}

export interface FlowSwitch extends Placed {
  readonly kind: 'switch';
  readonly on: string;
  readonly cases: readonly FlowCase[];
}

/** Without a jump at the end of its body, the body of the next case follows. */
export interface FlowCase {
  /** As written; undefined for `default`. */
  readonly test?: string;
  /** The sites of the expression behind `case`. */
  readonly reach: FlowNode;
  readonly body: FlowNode;
}

export interface FlowLoop extends Placed {
  readonly kind: 'loop';
  readonly type: 'for' | 'for of' | 'for in' | 'for await' | 'while' | 'do';
  readonly label?: string;
  /** What decides, as written: `line of lines`, `attempt <= 10`; empty for `for (;;)`. */
  readonly head: string;
  /** It ends only by a jump. */
  readonly endless?: true;
  readonly test: FlowNode;
  readonly body: FlowNode;
  readonly update: FlowNode;
}

/** A labelled block. */
export interface FlowBlock extends Placed {
  readonly kind: 'block';
  readonly label: string;
  readonly body: FlowNode;
}

export interface FlowTry extends Placed {
  readonly kind: 'try';
  readonly body: FlowNode;
  readonly catch?: { readonly param: string; readonly body: FlowNode };
  readonly finally?: FlowNode;
}

/** `Promise.all([...])` and the like: the branches begin in this order, and go on side by side. */
export interface FlowParallel extends Placed {
  readonly kind: 'parallel';
  readonly how: 'all' | 'allSettled' | 'race' | 'any';
  /** Of the combinator, which records nothing of its own unless an element does so when it is awaited. */
  readonly id: string;
  readonly branches: readonly FlowNode[];
}

/** A function inside is called, or given to something that calls it. */
export interface FlowUse extends Placed {
  readonly kind: 'use';
  /** The index of the function. */
  readonly fn: number;
  /**
   * `call`: here, once. `each`: for each element. `then`, `catch`, `finally`: when a promise is settled. `perhaps`: by an unknown
   * function, never or several times.
   */
  readonly how: 'call' | 'each' | 'then' | 'catch' | 'finally' | 'perhaps';
  /** The list for `each`; else what is called, or calls it. */
  readonly by: string;
  /** The calls go on side by side. */
  readonly together?: true;
}

export interface FlowJump extends Placed {
  readonly kind: 'jump';
  readonly type: 'return' | 'throw' | 'break' | 'continue';
  /** The label, or the value as written. */
  readonly title?: string;
}

/** A generator hands a value to the code that iterates over it. */
export interface FlowYield extends Placed {
  readonly kind: 'yield';
  readonly title: string;
}
