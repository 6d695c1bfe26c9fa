import * as crypto from 'node:crypto';
import { LeaseLostError, StoreError } from '../../base/errors.ts';
import { checkpointTokenInvalid, executionFailed, executionWithoutStart } from '../../base/messages/aws.ts';
import type { JournalEvent, RunEnded, RunStarted } from '../../journal/events.ts';
import type { Claim } from '../../stores/claims.ts';
import type { Store } from '../../stores/store.ts';
import { decode, encode, encodeError } from '../../values/codec.ts';
import type { LambdaHandler } from '../aws-lambda/handler.ts';
import type {
  DurableExecutionClient,
  DurableExecutionInvocationOutput,
  ErrorObject,
  LambdaSdk,
} from '../aws-lambda/sdk.ts';
import { Book, type Entry } from './operation-log.ts';
import { callPlainly, knowDurable, type OrdinaryEnd, type OrdinaryHandler } from './ordinary.ts';

/** An execution failed; `name` and `message` are those of the error that its handler ended with. */
export class ExecutionFailedError extends Error {
  /** What the handler's error carried as data. */
  readonly data: string | undefined;

  constructor({ ErrorType, ErrorMessage, ErrorData }: ErrorObject) {
    super(ErrorMessage ?? executionFailed());
    this.name = ErrorType ?? 'Error';
    this.data = ErrorData;
  }
}

/** What an execution needs of the machine it runs on. */
export interface Machine {
  readonly sdk: LambdaSdk;
  readonly store: Store;
  readonly worker: string;
  /** Starts another execution, or finds it started; resolves with its end. */
  invoke(
    fn: string,
    id: string,
    payload: string | undefined,
  ): Promise<{ result?: string | undefined; error?: ErrorObject }>;
}

/** The longest time that a timer of the platform takes, in ms. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** How often is looked for messages of other processes, in ms. */
const POLL = 50;

/** One execution of a hand-written handler, whose checkpoints are events of a run in a store. */
export class LocalExecution {
  readonly id: string;
  readonly #machine: Machine;
  readonly #handler: LambdaHandler | OrdinaryHandler;
  readonly #claim: Claim;
  readonly #book = new Book();
  readonly #invoked = new Set<string>();
  #events: number;
  #checkpoints = 0;
  /** The journal is written by one at a time. */
  #writing: Promise<unknown> = Promise.resolve();
  #changes = 0;
  #wake: (() => void) | undefined;
  #closed = false;

  /** @param events the journal so far */
  constructor(
    machine: Machine,
    handler: LambdaHandler | OrdinaryHandler,
    claim: Claim,
    events: readonly JournalEvent[],
  ) {
    this.id = claim.runId;
    this.#machine = machine;
    this.#handler = handler;
    this.#claim = claim;
    this.#events = events.length;
    const [started] = events;
    if (started?.type !== 'run-started') throw new StoreError(executionWithoutStart(this.id));
    const payload = payloadOf(started);
    this.#book.restore([
      { id: this.id, type: 'EXECUTION', status: 'STARTED', startedAt: started.at, payload },
    ]);
    for (const event of events) {
      if (event.type !== 'step') continue;
      this.#checkpoints++;
      this.#book.restore(decode(event.value) as Entry[]);
    }
  }

  /** Invokes the handler until the execution has ended; undefined if it is closed before. */
  async drive(): Promise<RunEnded | undefined> {
    const { execution } = this.#book;
    // The process died when the result was recorded, and the end was not.
    if (execution?.endedAt !== undefined) return this.#end(succeeded(execution.result));
    if (this.#checkpoints > 0) knowDurable(this.#handler);
    const ordinary = await callPlainly(this.#handler, execution?.payload, surroundings());
    if (ordinary !== undefined) return this.#end(await ordinaryEnd(ordinary));
    while (!this.#closed) {
      await this.#change((book) => book.advance(Date.now()));
      await this.#takeMessages();
      const changes = this.#changes;
      const output = await this.#invokeHandler();
      if (output.Status !== 'PENDING') return this.#end(await this.#endOf(output));
      if (changes === this.#changes && !this.#closed) await this.#rest();
    }
    return undefined;
  }

  /** Stops after the invocation that is under way. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  async #invokeHandler(): Promise<DurableExecutionInvocationOutput> {
    const { sdk } = this.#machine;
    let token: string = crypto.randomUUID();
    const client: DurableExecutionClient = {
      getExecutionState: async () => ({ Operations: [] }),
      checkpoint: async ({ CheckpointToken, Updates = [] }) => {
        if (CheckpointToken !== token) throw new Error(checkpointTokenInvalid());
        token = crypto.randomUUID();
        await this.#change((book) => {
          const due = book.advance(Date.now());
          return [...due, ...book.apply(Updates, Date.now(), (id) => this.#tokenFor(id))];
        });
        await this.#takeMessages();
        this.#startInvocations();
        return { CheckpointToken: token, NewExecutionState: { Operations: this.#book.operations } };
      },
    };
    this.#startInvocations();
    const event = new sdk.DurableExecutionInvocationInputWithClient(
      {
        DurableExecutionArn: this.id,
        CheckpointToken: token,
        InitialExecutionState: { Operations: this.#book.operations as never, NextMarker: '' },
      },
      client,
    );
    try {
      return await (this.#handler as LambdaHandler)(event, surroundings());
    } finally {
      // What an old invocation still sends is refused.
      token = '';
    }
  }

  /** Changes the book, and keeps what has changed. */
  #change(change: (book: Book) => readonly Entry[]): Promise<void> {
    const done = this.#writing.then(async () => {
      const entries = change(this.#book);
      if (entries.length === 0) return;
      const now = Date.now();
      await this.#append([
        ...entries.flatMap((entry) => this.#callbackEvents(entry, now)),
        {
          type: 'step',
          key: `checkpoint[${this.#checkpoints++}]`,
          ok: true,
          value: encode(entries, 'checkpoint') as string,
          at: now,
          startedAt: now,
          attempt: 1,
          worker: this.#machine.worker,
        },
      ]);
    });
    this.#writing = done.catch(() => {});
    return done;
  }

  async #append(events: readonly JournalEvent[]): Promise<void> {
    const refused = await this.#machine.store.append([{ claim: this.#claim, seq: this.#events, events }]);
    if (refused.length > 0) throw new LeaseLostError(this.id);
    this.#events += events.length;
  }

  /** From now on a token can be used in every process that has the store. */
  #callbackEvents({ callbackId, status, name = '', due }: Entry, at: number): JournalEvent[] {
    if (callbackId === undefined || status !== 'STARTED') return [];
    return [
      {
        type: 'callback-created',
        key: name,
        token: callbackId,
        at,
        ...(due !== undefined && { until: due }),
      },
    ];
  }

  #tokenFor(id: string): string {
    return crypto.hash('sha256', `${this.id}\0${id}\0${crypto.randomUUID()}`, 'hex');
  }

  /** What was done with callbacks, here or in another process. */
  async #takeMessages(): Promise<void> {
    if (!this.#book.awaitsCallbacks) return;
    const run = await this.#machine.store.load(this.id);
    for (const { kind, name, ok, value } of run?.messages ?? []) {
      const entry = kind === 'callback' ? this.#book.withCallback(name) : undefined;
      if (entry?.status !== 'STARTED') continue;
      const outcome = ok
        ? { result: decode(value) as string | undefined }
        : { error: decode(value) as ErrorObject };
      await this.#finish(entry.id, outcome);
    }
  }

  async #finish(id: string, outcome: { result?: string | undefined; error?: ErrorObject }): Promise<void> {
    await this.#change((book) => {
      const entry = book.end(id, outcome, Date.now());
      return entry === undefined ? [] : [entry];
    });
    this.#changes++;
    this.#wake?.();
  }

  #startInvocations(): void {
    for (const { id, target = '', payload } of this.#book.invocations) {
      if (this.#invoked.has(id)) continue;
      this.#invoked.add(id);
      this.#machine
        .invoke(target, `${this.id}/${id}`, payload)
        .then(
          (outcome) => this.#finish(id, outcome),
          (error: unknown) => this.#finish(id, { error: { ErrorMessage: String(error) } }),
        )
        .catch(() => this.close());
    }
  }

  /** Waits until something happens with which the handler can continue. */
  async #rest(): Promise<void> {
    const { due } = this.#book;
    const left = due === undefined ? LONGEST_TIMER : Math.min(due - Date.now(), LONGEST_TIMER);
    let poll: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, left));
      poll = setInterval(() => {
        const changes = this.#changes;
        this.#takeMessages().then(() => changes !== this.#changes && resolve(), resolve);
      }, POLL);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake?.();
    this.#wake = undefined;
    clearInterval(poll);
  }

  async #endOf(output: Exclude<DurableExecutionInvocationOutput, { Status: 'PENDING' }>): Promise<RunEnded> {
    await this.#writing;
    if (output.Status === 'FAILED') {
      return failed(output.Error);
    }
    const text = output.Status === 'SUCCEEDED' ? output.Result : undefined;
    // What is too large to be returned was a checkpoint before.
    return succeeded(text === '' ? this.#book.execution?.result : text);
  }

  async #end(ended: RunEnded): Promise<RunEnded> {
    await this.#append([ended]);
    return ended;
  }
}

/** Lambda's context, as far as handlers use it. */
const surroundings = (): object => ({
  awsRequestId: crypto.randomUUID(),
  getRemainingTimeInMillis: () => 900_000,
});

const ordinaryEnd = (end: OrdinaryEnd): RunEnded | Promise<RunEnded> =>
  'error' in end ? failed(end.error) : succeeded(end.result);

const failed = async (error: unknown): Promise<RunEnded> => ({
  type: 'run-ended',
  ok: false,
  value: await encodeError(error, 'error of the execution'),
  at: Date.now(),
});

const succeeded = (text: string | undefined): RunEnded => ({
  type: 'run-ended',
  ok: true,
  value: encode(text, 'result of the execution') as string,
  at: Date.now(),
});

/** The result that the SDK returned at the end of an execution. */
export const readEnd = ({ ok, value }: RunEnded): { result?: string | undefined; error?: ErrorObject } =>
  ok ? { result: decode(value) as string | undefined } : { error: decode(value) as ErrorObject };

const payloadOf = ({ input }: RunStarted): string | undefined => decode(input) as string | undefined;
