import * as crypto from 'node:crypto';
import type { Completion } from '../../journal/replay-machine.ts';
import type { ChildRequest, Outcome, Settle, Until } from '../../port/backend.ts';
import { DONE, timedOut } from '../../run/outcome.ts';
import type { Message } from '../../stores/store.ts';
import { encode } from '../../values/codec.ts';
import type { Mailbox } from '../messages/mailbox.ts';
import type { Timer } from '../time/timers.ts';
import { Pending, type Recorder } from './pending.ts';

/** A sleep that isn't over. */
export class PendingSleep extends Pending {
  readonly kind = 'wait';
  readonly #until: Until;
  #timer: Timer | undefined;

  constructor(run: Recorder, key: string, until: Until, settle: Settle) {
    super(run, key, settle);
    this.#until = until;
  }

  start(): void {
    const { run, key } = this;
    let due = run.begun?.until(key);
    if (due === undefined) {
      due = this.#until(run.services.clock.now());
      run.record({ type: 'wait-set', key, until: due });
    }
    this.#timer = run.services.timers.add(due, () => {
      this.#timer = undefined;
      run.record({ type: 'wait-fired', key, worker: run.services.lease.worker });
    });
  }

  stop(): void {
    if (this.#timer !== undefined) this.run.services.timers.cancel(this.#timer);
  }

  idleUntil(): number | undefined {
    return this.#timer?.due;
  }

  override outcome(): Outcome {
    return DONE;
  }
}

/** What a run waits for in its mailbox. */
export class PendingMessage extends Pending {
  readonly kind = 'message';
  override readonly channel: string;
  readonly #what: string;
  readonly #mailbox: Mailbox;
  readonly #timeout: Until | number | undefined;
  #timer: Timer | undefined;
  /** The message from the mailbox; it isn't delivered yet. */
  #taken: Message | undefined;
  /** Its time is over, and what was sent in time is being looked for. */
  #isLate = false;

  /**
   * @param timeout when to give up: from the time of the call, or a moment in ms since the epoch
   * @param what names the wait in the `TimeoutError`
   */
  constructor(
    run: Recorder,
    mailbox: Mailbox,
    wait: { readonly key: string; readonly channel: string; readonly what: string },
    timeout: Until | number | undefined,
    settle: Settle,
  ) {
    super(run, wait.key, settle);
    this.channel = wait.channel;
    this.#what = wait.what;
    this.#mailbox = mailbox;
    this.#timeout = timeout;
  }

  start(): void {
    const due = this.#due();
    if (this.#mailbox.ask(this) || due === undefined) return;
    this.#timer = this.run.services.timers.add(due, () => {
      this.#timer = undefined;
      this.#isLate = true;
      // What was sent in time counts, though this process may not have seen it yet.
      this.#mailbox.refresh(() => {
        if (this.#mailbox.forget(this)) {
          this.run.record({ type: 'expired', key: this.key, worker: this.run.services.lease.worker });
        }
      });
    });
  }

  /** The mailbox delivers the message. */
  received(message: Message): void {
    this.#stopTimer();
    this.#taken = message;
    const { ok, value, seq, again } = message;
    const { key, channel } = this;
    const received = { type: 'received', key, ok, value, channel, message: seq } as const;
    this.run.record(again === undefined ? received : { ...received, again });
  }

  stop(): void {
    this.#stopTimer();
    this.#mailbox.forget(this);
  }

  override callOff(): void {
    this.stop();
    // What it has taken, and will not be given, is the next one's.
    if (this.#taken !== undefined) this.#mailbox.giveBack(this, this.#taken);
  }

  idleUntil(): number | undefined {
    if (this.#isLate || !this.#mailbox.holds(this)) return undefined;
    return this.#timer?.due ?? Number.POSITIVE_INFINITY;
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) this.run.services.timers.cancel(this.#timer);
    this.#timer = undefined;
  }

  override outcome(event: Completion): Outcome {
    return event.type === 'expired'
      ? timedOut(`${this.#what} was not answered in time.`)
      : super.outcome(event);
  }

  #due(): number | undefined {
    const { run, key } = this;
    if (typeof this.#timeout !== 'function') return this.#timeout;
    const recorded = run.begun?.until(key);
    if (recorded !== undefined) return recorded;
    const until = this.#timeout(run.services.clock.now());
    run.record({ type: 'expiry-set', key, until });
    return until;
  }
}

/** A callback whose token isn't durable yet. */
export class PendingCallback extends Pending {
  readonly kind = 'callback';
  readonly #timeout: Until | undefined;

  constructor(run: Recorder, key: string, timeout: Until | undefined, settle: Settle) {
    super(run, key, settle);
    this.#timeout = timeout;
  }

  start(): void {
    const { run, key } = this;
    // Derived from the run's secret seed: a token that can't be guessed, and is the same if it has to be made again.
    const digest = crypto.hash('sha256', `${run.seed}\0callback\0${key}`, 'base64url');
    const token = digest.slice(0, 22);
    const until = this.#timeout?.(run.services.clock.now());
    const created = { type: 'callback-created', key, token } as const;
    run.record(until === undefined ? created : { ...created, until });
  }

  stop(): void {}

  idleUntil(): undefined {}

  override outcome(event: Completion): Outcome {
    if (event.type !== 'callback-created') return super.outcome(event);
    return { ok: true, value: encode(event.token, 'token') as string };
  }
}

/** Another run that is being started. */
export class PendingChild extends Pending {
  readonly kind = 'child';
  readonly #child: ChildRequest;
  readonly #launch: (child: ChildRequest) => Promise<Outcome>;

  /** @param launch starts the other run, or finds it started; never rejects */
  constructor(
    run: Recorder,
    key: string,
    child: ChildRequest,
    launch: (child: ChildRequest) => Promise<Outcome>,
    settle: Settle,
  ) {
    super(run, key, settle);
    this.#child = child;
    this.#launch = launch;
  }

  start(): void {
    const { run, key } = this;
    void this.#launch(this.#child).then(({ ok, value }) =>
      run.record({ type: 'child-started', key, ok, value }),
    );
  }

  stop(): void {}

  idleUntil(): undefined {}
}
