/** What the renderer knows at a place in a random program: names in scope, and what may be written there. */

/** A function that can be called here, with one number. */
export interface Callee {
  readonly call: (argument: string) => string;
  readonly isAsync: boolean;
  readonly throws: boolean;
  /** May run beside other code: it changes variables around it only in ways whose order doesn't matter. */
  readonly calm: boolean;
  /** Steps per call. */
  readonly cost: number;
}

/** What all parts of one program share. */
export interface Shared {
  names: number;
  latencies: number;
  /** Several things are under way at a time. */
  concurrent: boolean;
  /** Timing may decide anything, as long as every replay decides alike. */
  readonly wild: boolean;
  readonly durables: Callee[];
  /** The kinds of expressions and statements that were written. */
  readonly kinds: Set<string>;
}

/** Counts the steps of a function. */
export class Meter {
  spent = 0;
  readonly limit: number;
  constructor(limit: number) {
    this.limit = limit;
  }
}

export interface Flags {
  /** Other code runs at the same time. */
  readonly beside: boolean;
  readonly mayThrow: boolean;
  /** Something catches what is thrown. */
  readonly caught: boolean;
  /** Whether `await` may be written. */
  readonly isAsync: boolean;
  /** Labels of loops around, the innermost last; empty where no jump may leave the place. */
  readonly loops: readonly string[];
  readonly mayReturn: boolean;
  /** How many times the place is executed. */
  readonly times: number;
}

export class Context {
  readonly shared: Shared;
  readonly meter: Meter;
  readonly flags: Flags;
  /** Numbers that may be read and changed. */
  readonly variables: string[] = [];
  /** Numbers that may be read. */
  readonly constants: string[] = [];
  /** Numbers that may only be added to. */
  readonly sums: string[] = [];
  readonly callees: Callee[] = [];
  /** Promises of numbers, started already. */
  readonly promises: string[] = [];

  constructor(shared: Shared, meter: Meter, flags: Flags) {
    this.shared = shared;
    this.meter = meter;
    this.flags = flags;
  }

  /** A block inside of this one. */
  inner(changes: Partial<Flags> = {}, meter = this.meter): Context {
    const inner = new Context(this.shared, meter, { ...this.flags, ...changes });
    inner.constants.push(...this.constants);
    inner.promises.push(...this.promises);
    inner.sums.push(...this.sums);
    if (inner.flags.beside && !this.flags.beside && !this.shared.wild) {
      inner.sums.push(...this.variables);
      return inner;
    }
    inner.variables.push(...this.variables);
    inner.callees.push(...this.callees);
    return inner;
  }

  /** The body of a function written here. */
  body(changes: Partial<Flags> = {}, limit = 4): Context {
    return this.inner({ loops: [], mayReturn: true, times: 1, isAsync: true, ...changes }, new Meter(limit));
  }

  /** Code that runs while other code does. */
  beside(changes: Partial<Flags> = {}): Context {
    this.shared.concurrent = true;
    return this.inner({ beside: true, mayThrow: false, loops: [], mayReturn: false, ...changes });
  }

  name(stem: string): string {
    return `${stem}${++this.shared.names}`;
  }

  /** A latency that no other step of the program has, so that hardly two events fall together. */
  ms(): number {
    return 11 + ((++this.shared.latencies * 389) % 997);
  }

  /** A duration for a wait. Waits that end together would make a race of what comes after them. */
  wait(): string {
    return this.shared.wild ? `${this.ms()} + 17 * lag++` : String(this.ms());
  }

  /** Spends steps, if there are some left. */
  afford(cost = 1): boolean {
    const spent = this.meter.spent + cost * this.flags.times;
    if (spent > this.meter.limit) return false;
    this.meter.spent = spent;
    return true;
  }

  /** A call of something in scope. */
  callee(index: number, wanted: (callee: Callee) => boolean = () => true): Callee | undefined {
    const fit = this.callees.filter(
      (callee) =>
        (this.flags.isAsync || !callee.isAsync) && (this.flags.mayThrow || !callee.throws) && wanted(callee),
    );
    const callee = fit[fit.length - 1 - (index % fit.length)];
    return callee && this.afford(callee.cost) ? callee : undefined;
  }

  /** Shows a number in the result of the program. */
  show(value: string): string {
    return this.flags.beside && !this.shared.wild ? `bag.push(String(${value}));` : `log.push(${value});`;
  }

  /** Adds a number to a variable. The value is read first, so that no update is lost where that can't be told. */
  add(value: string, index: number): string[] {
    const targets = [...this.variables, ...this.sums];
    const target = targets[targets.length - 1 - (index % targets.length)]!;
    if (!this.flags.beside || this.shared.wild) return [`${target} += ${value};`];
    const name = this.name('t');
    return [`const ${name} = ${value};`, `${target} += ${name};`];
  }
}
