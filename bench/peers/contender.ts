/** An engine that does the work of this comparison. */
export interface Contender {
  readonly name: string;
  /** Packages in whose versions it is measured. */
  readonly packages: readonly string[];
  /** What has been done for a step when the next one begins. */
  readonly durability: string;
  /** Makes ready all that isn't measured. Gives undefined where this machine lacks something. */
  open(folder: string): Promise<Session | undefined>;
}

export interface Session {
  /** One run of so many steps, one after the other, each of which adds its index; gives the sum. */
  run(steps: number): Promise<number>;
  close(): Promise<void>;
}

/** The step. */
export async function add(total: number, amount: number): Promise<number> {
  return total + amount;
}
