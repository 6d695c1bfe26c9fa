import type { Message } from '../../stores/store.ts';
import type { Mailbox } from '../messages/mailbox.ts';
import type { Cancellation } from './cancellation.ts';

/** The messages of one run that its code has not received. Those that come before the end of the replay are kept unread. */
export class Inbox {
  readonly #mailbox: Mailbox;
  readonly #cancellation: Cancellation;
  readonly #unread: Message[];
  /** The number of the last message that the store had when the run was loaded. Those up to it are unread, or were taken. */
  readonly #lastKnown: number;

  /**
   * @param messages those that the store had when the run was loaded
   * @param early those that were found while the run was being loaded, or before
   * @param lastTaken the number of the last message that the journal has taken
   */
  constructor(
    mailbox: Mailbox,
    cancellation: Cancellation,
    messages: readonly Message[],
    early: readonly Message[],
    lastTaken: number,
  ) {
    this.#mailbox = mailbox;
    this.#cancellation = cancellation;
    this.#lastKnown = messages.reduce((last, { seq }) => Math.max(last, seq), lastTaken);
    this.#unread = [...messages, ...early.filter((message) => this.isNew(message))];
  }

  /** False for a message that the store had at the load: another worker may have taken it since. */
  isNew({ seq }: Message): boolean {
    return seq > this.#lastKnown;
  }

  keepUnread(message: Message): void {
    this.#unread.push(message);
  }

  /** Receives the messages that were kept. */
  readAll(): void {
    for (const message of this.#unread.splice(0)) this.receive(message);
  }

  receive(message: Message): void {
    if (!this.#mailbox.put(message) || message.kind !== 'cancel') return;
    this.#cancellation.request(message.value, message.seq);
  }
}
