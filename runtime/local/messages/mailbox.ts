import type { Received } from '../../journal/events.ts';
import { receivedMessage } from '../../stores/event-effects.ts';
import type { Message } from '../../stores/store.ts';
import type { MessagePoller } from './message-poller.ts';

export const signalChannel = (name: string): string => `signal:${name}`;
export const callbackChannel = (token: string): string => `callback:${token}`;
export const childChannel = (id: string): string => `child:${id}`;

/** What waits for a message. */
export interface MessageWait {
  readonly key: string;
  /** The kind of message and its name. */
  readonly channel: string;
  received(message: Message): void;
}

/**
 * The messages that one run has not received yet, and the waits for messages. Both are in order, so the first wait gets the
 * first message. The end of another run is delivered to all waits for it, also to later ones.
 */
export class Mailbox {
  readonly #messages = new Map<string, Message[]>();
  readonly #waiting = new Map<string, MessageWait[]>();
  readonly #ends = new Map<string, Message>();
  readonly #poller: MessagePoller;
  /** The keys of waits that were called off with what they had taken, until that is delivered. */
  readonly #returned = new Set<string>();
  #lastSeq = 0;

  constructor(poller: MessagePoller) {
    this.#poller = poller;
  }

  /** Takes a message in; one that came before is left alone. False if it is known already. */
  put(message: Message): boolean {
    if (message.seq <= this.#lastSeq) return false;
    this.#lastSeq = message.seq;
    if (message.kind === 'cancel') return true;
    const channel = `${message.kind}:${message.name}`;
    if (message.kind === 'child') {
      this.#ends.set(channel, message);
      for (
        let wait = shift(this.#waiting, channel);
        wait !== undefined;
        wait = shift(this.#waiting, channel)
      ) {
        this.#poller.expect(-1);
        wait.received(message);
      }
      return true;
    }
    const wait = shift(this.#waiting, channel);
    if (wait !== undefined) {
      this.#poller.expect(-1);
      wait.received(message);
    } else push(this.#messages, channel, message);
    return true;
  }

  /** What the journal says that the run has received. */
  recall(event: Received): void {
    const message = receivedMessage(event);
    if (message.kind === 'child') this.#ends.set(event.channel, { ...message, seq: event.message });
    if (event.again !== true) return;
    // It was returned before.
    const list = this.#messages.get(event.channel);
    const index = list?.findIndex(({ seq }) => seq === event.message) ?? -1;
    if (index !== -1) list?.splice(index, 1);
  }

  /** The wait was called off, and will not be given what it has taken. */
  giveBack({ key, channel }: MessageWait, message: Message): void {
    this.#returned.add(key);
    this.#return(channel, message);
  }

  /** What is recorded as received by a wait that was called off before it was given it. */
  returnRecorded(event: Received): void {
    const message = { ...receivedMessage(event), seq: event.message };
    if (message.kind !== 'child' && !this.#returned.delete(event.key)) this.#return(event.channel, message);
  }

  /** It goes before what came later. */
  #return(channel: string, message: Message): void {
    const again = { ...message, again: true } as const;
    const wait = shift(this.#waiting, channel);
    if (wait !== undefined) {
      this.#poller.expect(-1);
      wait.received(again);
      return;
    }
    const list = this.#messages.get(channel);
    if (list === undefined) this.#messages.set(channel, [again]);
    else list.unshift(again);
  }

  /** True if there was a message already. */
  ask(wait: MessageWait): boolean {
    const message = this.#ends.get(wait.channel) ?? shift(this.#messages, wait.channel);
    if (message === undefined) {
      this.#poller.expect(1);
      push(this.#waiting, wait.channel, wait);
    } else wait.received(message);
    return message !== undefined;
  }

  /** Whether it is waiting. */
  holds(wait: MessageWait): boolean {
    return this.#waiting.get(wait.channel)?.includes(wait) ?? false;
  }

  /** The number of the last message that was put in. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** False if it wasn't waiting any more. */
  forget(wait: MessageWait): boolean {
    const list = this.#waiting.get(wait.channel);
    const index = list?.indexOf(wait) ?? -1;
    if (list === undefined || index === -1) return false;
    list.splice(index, 1);
    if (list.length === 0) this.#waiting.delete(wait.channel);
    this.#poller.expect(-1);
    return true;
  }

  /** Calls back when all that was sent before has been put in. */
  refresh(done: () => void): void {
    this.#poller.refresh(done);
  }
}

function push<T>(lists: Map<string, T[]>, channel: string, item: T): void {
  const list = lists.get(channel);
  if (list === undefined) lists.set(channel, [item]);
  else list.push(item);
}

function shift<T>(lists: Map<string, T[]>, channel: string): T | undefined {
  const list = lists.get(channel);
  const first = list?.shift();
  if (list?.length === 0) lists.delete(channel);
  return first;
}
