import {
  type DurableExecutionClient,
  DurableExecutionInvocationInputWithClient,
  type DurableExecutionInvocationOutput,
  type OperationUpdate,
} from '@aws/durable-execution-sdk-js';
import type { LambdaHandler } from '../../runtime/engines/aws-lambda/index.ts';
import { Book, type Entry } from '../../runtime/engines/aws-local/operation-log.ts';

/** No program of ours makes as many checkpoints. */
const MOST_LIVES = 300;

export interface ExecutionOptions {
  /** The invocation dies behind every single checkpoint. */
  readonly dies?: boolean;
  /** It died; the names of the steps whose ends are recorded. */
  readonly onDeath?: (recorded: string[]) => void;
  /** Sees what is sent. */
  readonly onCheckpoint?: (updates: readonly OperationUpdate[]) => void;
  /** Nothing but callbacks is awaited. */
  readonly onIdle?: () => void;
  /** The handler of another Lambda function. */
  readonly handlerOf?: (target: string) => LambdaHandler;
}

/** One execution of a handler over a service in memory, where time is skipped while nothing but time is waited for. */
export class LambdaExecution {
  readonly book = new Book();
  /** How often the handler was invoked. */
  invocations = 0;
  readonly #id: string;
  readonly #handler: LambdaHandler;
  readonly #options: ExecutionOptions;
  #skipped = 0;
  #ended = 0;
  #changed: (() => void) | undefined;

  /** @param payload the event, as JSON */
  constructor(id: string, handler: LambdaHandler, payload: string, options: ExecutionOptions = {}) {
    this.#id = id;
    this.#handler = handler;
    this.#options = options;
    this.book.restore([{ id, type: 'EXECUTION', status: 'STARTED', startedAt: this.#now, payload }]);
  }

  /** Ends a callback; false if that is over. */
  complete(token: string, outcome: Parameters<Book['end']>[1]): boolean {
    const entry = this.book.withCallback(token);
    if (entry === undefined || this.book.end(entry.id, outcome, this.#now) === undefined) return false;
    this.#ended++;
    this.#changed?.();
    return true;
  }

  entry(name: string): Entry | undefined {
    const id = this.book.operations.find(({ Name }) => Name === name)?.Id;
    return this.book.entries.find((entry) => entry.id === id);
  }

  async run(): Promise<DurableExecutionInvocationOutput> {
    for (let life = 1; life <= MOST_LIVES; life++) {
      this.book.advance(this.#now);
      const ended = this.#ended;
      const output = await this.invoke();
      if (output === undefined) this.#options.onDeath?.(this.#recorded());
      else if (output.Status !== 'PENDING') return output;
      else if (ended === this.#ended) await this.#wait();
    }
    throw new Error(`The execution has not ended after ${MOST_LIVES} invocations.`);
  }

  /** One invocation; undefined if it died. */
  invoke(): Promise<DurableExecutionInvocationOutput | undefined> {
    this.invocations++;
    return new Promise((resolve, reject) => {
      let dead = false;
      const client: DurableExecutionClient = {
        getExecutionState: async () => ({ Operations: [] }),
        checkpoint: async ({ Updates = [] }) => {
          if (dead) return new Promise(() => {});
          this.#options.onCheckpoint?.(Updates);
          this.book.advance(this.#now);
          this.book.apply(Updates, this.#now, (entry) => `${this.#id}/${entry}`);
          if (this.#options.dies === true && Updates.length > 0) {
            dead = true;
            resolve(undefined);
            return new Promise(() => {});
          }
          return { CheckpointToken: 'next', NewExecutionState: { Operations: this.book.operations } };
        },
      };
      const event = new DurableExecutionInvocationInputWithClient(
        {
          DurableExecutionArn: this.#id,
          CheckpointToken: 'first',
          InitialExecutionState: { Operations: this.book.operations as never, NextMarker: '' },
        },
        client,
      );
      this.#handler(event, { awsRequestId: 'request', getRemainingTimeInMillis: () => 900_000 }).then(
        resolve,
        reject,
      );
    });
  }

  async #wait(): Promise<void> {
    const [invocation] = this.book.invocations;
    if (invocation !== undefined) return this.#runChild(invocation);
    const { due } = this.book;
    if (due !== undefined) {
      this.#skipped += Math.max(0, due - this.#now);
      return;
    }
    await new Promise<void>((resolve) => {
      this.#changed = resolve;
      this.#options.onIdle?.();
    });
  }

  async #runChild({ id, target = '', payload = '' }: Entry): Promise<void> {
    const { handlerOf, dies = false } = this.#options;
    const child = new LambdaExecution(`${this.#id}-${id}`, handlerOf!(target), payload, { dies });
    const output = await child.run();
    if (output.Status === 'SUCCEEDED') this.book.end(id, { result: output.Result }, this.#now);
    else if (output.Status === 'FAILED') this.book.end(id, { error: output.Error }, this.#now);
  }

  get #now(): number {
    return Date.now() + this.#skipped;
  }

  #recorded(): string[] {
    return this.book.operations.flatMap(({ Type, Status, Name = '' }) =>
      Type === 'STEP' && (Status === 'SUCCEEDED' || Status === 'FAILED') ? [Name] : [],
    );
  }
}
