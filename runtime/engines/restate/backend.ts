import { MisuseError, UnsupportedError } from '../../base/errors.ts';
import { atMostOnceNeedsHttp2, attemptOver, childNotServed } from '../../base/messages/restate.ts';
import { findDefinition } from '../../functions/definitions.ts';
import type {
  Backend,
  ChildRequest,
  KeyState,
  Outcome,
  Settle,
  StepRequest,
  Until,
} from '../../port/backend.ts';
import { cancelled, DONE, failure } from '../../run/outcome.ts';
import { encode } from '../../values/codec.ts';
import { outcomeOfError } from './errors.ts';
import { CANCEL_PROMISE } from './handlers.ts';
import type { Input } from './input.ts';
import { Mailbox, notAnswered, remaining } from './mailbox.ts';
import { Pump, type Watch } from './pump.ts';
import type { RestatePromise, RunContext, Sdk } from './sdk.ts';
import { markerOf, PendingStep, Starts, type StepHost } from './steps.ts';
import { addressOf, callbackPromise, makeToken } from './tokens.ts';
import { fromJson, fromLine, TEXT, toJson, toLine } from './wire.ts';

/** What is known of a run when its body is called. */
export interface RunFacts {
  readonly service: string;
  readonly seed: string;
  /** When it was started, in ms since the epoch. */
  readonly at: number;
  /** The most bytes of one value. */
  readonly limit: number;
  /** The name of the service that runs the durable function of this id; undefined if none here does. */
  serviceOf(fn: string): string | undefined;
}

/** Something that the body waits for; `abandon` is called if it doesn't any more. */
interface Wait {
  readonly settle: Settle;
  abandon: (reason: Outcome) => void;
}

/**
 * One attempt of a run on Restate: the requests of the body become entries of the engine's journal, in the order of the calls.
 */
export class RestateBackend implements Backend, StepHost {
  readonly runId: string;
  readonly seed: string;
  readonly ctx: RunContext;
  readonly pump: Pump;
  readonly starts = new Starts();
  readonly limit: number;
  readonly #facts: RunFacts;
  readonly #input: Input;
  readonly #waits = new Set<Wait>();
  readonly #mailboxes = new Map<string, Mailbox>();
  /** Invocations of the runs that this one has started, by the ids of those. */
  readonly #children = new Map<string, string>();
  #phase: 'body' | 'over' | 'closed' = 'body';
  #now: number;
  /** The cancellation that rejects the next request of the body. */
  #cancellation: Outcome | undefined;
  /** The number of requests to the engine when the last line was printed. */
  #lineAfter: number | undefined;

  constructor(ctx: RunContext, sdk: Sdk, input: Input, facts: RunFacts) {
    this.ctx = ctx;
    this.runId = ctx.key;
    this.seed = facts.seed;
    this.limit = facts.limit;
    this.pump = new Pump(ctx, sdk, input);
    this.#facts = facts;
    this.#input = input;
    this.#now = facts.at;
    this.pump.watch(ctx.cancellation(), () => this.#learnReason());
    ctx.request().attemptCompletedSignal.addEventListener('abort', () => this.#close(), { once: true });
  }

  /**
   * Drives the run until its body is over.
   *
   * @param launch calls the body
   * @returns how it ended
   */
  async drive(launch: (settle: Settle) => void): Promise<Outcome> {
    let ending: Outcome | undefined;
    launch((outcome) => {
      ending ??= outcome;
      if (this.#phase === 'body') this.#phase = 'over';
      this.pump.wake();
    });
    await this.pump.run(
      // Requested steps are called even if nothing awaits them any more: the plain function calls them too.
      () => ending !== undefined && this.starts.size === 0,
      () => this.#waits.size > 0,
      () => this.#markLines(),
    );
    return ending!;
  }

  now(): number {
    return this.#now;
  }

  step(request: StepRequest, settle: Settle): void {
    const wait = this.#wait(settle);
    if (wait === undefined) return;
    if (request.atMostOnce && !this.#input.streams) {
      this.pump.post(() => this.#deliver(wait, failure(needsStream(request.key))));
      return;
    }
    const step = new PendingStep(this, request, (outcome) => this.#deliver(wait, outcome, outcome.at));
    wait.abandon = (reason) => step.abandon(reason);
    step.start();
  }

  sleep(key: string, until: Until, settle: Settle): void {
    const due = until(this.#now);
    this.#watch(
      settle,
      () => this.ctx.sleep(remaining(until), key),
      (wait) => this.#deliver(wait, DONE, due),
    );
  }

  receive(key: string, name: string, timeout: Until | undefined, settle: Settle): void {
    const wait = this.#wait(settle);
    if (wait === undefined) return;
    let mailbox = this.#mailboxes.get(name);
    if (mailbox === undefined) {
      mailbox = new Mailbox(this.ctx, this.pump, name);
      this.#mailboxes.set(name, mailbox);
    }
    const due = timeout?.(this.#now) ?? 0;
    const expire = (): void => this.#deliver(wait, notAnswered(`waitFor("${name}")`), due);
    wait.abandon = mailbox.receive(
      (message) => this.#deliver(wait, message, message.at),
      timeout && { ms: remaining(timeout), key, expire },
    );
  }

  createCallback(key: string, timeout: Until | undefined, settle: Settle): void {
    const wait = this.#wait(settle);
    if (wait === undefined) return;
    if (timeout !== undefined) this.#expireLater(key, timeout);
    const token = makeToken({ service: this.#facts.service, run: this.runId, key }, this.seed);
    const outcome = { ok: true, value: encode(token, 'token') as string };
    this.pump.post(() => this.#deliver(wait, outcome));
  }

  awaitCallback(_key: string, token: string, settle: Settle): void {
    const promise = callbackPromise(addressOf(token).key);
    this.#watch(
      settle,
      () => this.ctx.promise<string>(promise, TEXT).get(),
      (wait, line) => {
        const outcome = fromLine(String(line));
        this.#deliver(wait, outcome, outcome.at);
      },
    );
  }

  startChild(key: string, { id, fn, input }: ChildRequest, settle: Settle): void {
    const service = this.#facts.serviceOf(fn);
    if (service === undefined) {
      const wait = this.#wait(settle);
      const refusal = failure(new MisuseError(childNotServed(fn, findDefinition(fn)?.name ?? fn)));
      if (wait !== undefined) this.pump.post(() => this.#deliver(wait, refusal));
      return;
    }
    this.#watch(
      settle,
      () => {
        const parameter = Buffer.from(toJson(input));
        const sent = this.ctx.genericSend({ service, method: 'run', key: id, parameter, name: key });
        // The SDK returns a promise of its own kind, whatever its type is.
        return sent.invocationId as unknown as RestatePromise<string>;
      },
      (wait, invocation) => {
        this.#children.set(id, String(invocation));
        this.#deliver(wait, DONE);
      },
    );
  }

  awaitChild(_key: string, id: string, settle: Settle): void {
    // The child was started before its result could be requested.
    const invocation = this.#children.get(id) as Parameters<RunContext['attach']>[0];
    this.#watch(
      settle,
      () => this.ctx.attach<string>(invocation, TEXT),
      (wait, json) => this.#deliver(wait, { ok: true, value: fromJson(String(json), 'result') }),
    );
  }

  state(key: string): KeyState {
    if (this.#phase !== 'body') return this.#phase === 'over' ? 'plain' : 'recorded';
    if (this.ctx.isProcessing()) return 'live';
    // Every step that was called before the last command has its own in the journal.
    const { runs } = this.#input;
    return runs.has(key) || runs.has(markerOf(key)) ? 'recorded' : 'plain';
  }

  recordCall(): void {
    // The error adds nothing: the journal continues without it.
  }

  admitOutput(): boolean {
    this.#lineAfter = this.pump.asked;
    return this.ctx.isProcessing();
  }

  awaitForeign(promise: PromiseLike<unknown>): void {
    this.pump.awaitForeign(promise);
  }

  #wait(settle: Settle): Wait | undefined {
    if (this.#phase !== 'body') return undefined;
    const wait: Wait = { settle, abandon: () => {} };
    this.#waits.add(wait);
    const cancellation = this.#cancellation;
    if (cancellation === undefined) return wait;
    this.#cancellation = undefined;
    this.pump.post(() => this.#deliver(wait, cancellation));
    return undefined;
  }

  #watch<T>(
    settle: Settle,
    ask: () => RestatePromise<T>,
    deliver: (wait: Wait, value: T | undefined) => void,
  ): void {
    const wait = this.#wait(settle);
    if (wait === undefined) return;
    const watch: Watch = this.pump.watch(ask(), (value, error) => {
      if (error === undefined) deliver(wait, value);
      else this.#deliver(wait, outcomeOfError(error));
    });
    wait.abandon = () => watch.drop();
  }

  #deliver(wait: Wait, outcome: Outcome, at = 0): void {
    if (!this.#waits.delete(wait) || this.#phase !== 'body') return;
    this.#now = Math.max(this.#now, at);
    wait.settle(outcome);
  }

  /** A callback that is not completed in time is completed with the error. */
  #expireLater(key: string, timeout: Until): void {
    const due = timeout(this.#now);
    this.pump.watch(this.ctx.sleep(remaining(timeout), `${key} (timeout)`), () => {
      if (this.#phase !== 'body') return;
      // If it was completed in time, this comes too late and changes nothing.
      void this.ctx
        .promise<string>(callbackPromise(key), TEXT)
        .resolve(toLine(notAnswered('The callback'), due));
    });
  }

  #learnReason(): void {
    if (this.#phase !== 'body') return;
    const peeked = this.ctx.promise<string>(CANCEL_PROMISE, TEXT).peek() as RestatePromise<
      string | undefined
    >;
    this.pump.watch(peeked, (reason) => this.#cancel(cancelled(reason ?? undefined)));
  }

  #cancel(reason: Outcome): void {
    if (this.#waits.size === 0) this.#cancellation = reason;
    for (const wait of this.#waits) {
      wait.abandon(reason);
      this.pump.post(() => this.#deliver(wait, reason));
    }
  }

  /** A line that nothing in the journal follows would be printed again by a replay. */
  #markLines(): void {
    if (this.#lineAfter === this.pump.asked && this.#phase === 'body') this.ctx.clear('lines');
    this.#lineAfter = undefined;
  }

  /** The attempt is over; if the run isn't, another attempt resumes it from the journal. */
  #close(): void {
    if (this.#phase === 'body') {
      const reason = failure(new MisuseError(attemptOver()));
      for (const wait of this.#waits) wait.abandon(reason);
    }
    this.#phase = 'closed';
  }
}

/** Nobody but the server can say that the start of a step is recorded, and over this connection it can't say it in time. */
const needsStream = (key: string): UnsupportedError => new UnsupportedError(atMostOnceNeedsHttp2(key));
