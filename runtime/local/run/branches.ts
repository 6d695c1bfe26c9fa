import type { NewEvent } from '../../journal/events.ts';
import type { ReplayMachine } from '../../journal/replay-machine.ts';
import type { Stock } from '../../journal/stock.ts';

/** A run, as its branches need it. */
interface BranchingRun {
  readonly machine: ReplayMachine | undefined;
  readonly stock: Stock | undefined;
  readonly isOver: boolean;
  record(event: NewEvent): void;
}

/**
 * What `since(name)` is for one run: decided at its first call, and the same from then on. A branch that was taken is recorded. One
 * that was not isn't: at the same place of every later replay, as much as now or more is recorded behind it.
 */
export class Branches {
  readonly #run: BranchingRun;
  readonly #recorded: ReadonlySet<string> | undefined;
  #decided: Map<string, boolean> | undefined;

  /** @param recorded the branches that were taken by now */
  constructor(run: BranchingRun, recorded: ReadonlySet<string> | undefined) {
    this.#run = run;
    this.#recorded = recorded;
  }

  isTaken(name: string): boolean {
    this.#decided ??= new Map();
    const known = this.#decided.get(name);
    if (known !== undefined) return known;
    const taken = this.#recorded?.has(name) === true || this.#take(name);
    this.#decided.set(name, taken);
    return taken;
  }

  /** What was requested next is recorded if an earlier process had passed the place. */
  #take(name: string): boolean {
    const { machine, stock, isOver } = this.#run;
    if (isOver || machine?.isAhead === true || stock?.isAhead === true) return false;
    this.#run.record({ type: 'since', name });
    return true;
  }
}
