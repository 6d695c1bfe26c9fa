import { AsyncResource } from 'node:async_hooks';
import { textOf } from '../base/error-text.ts';
import { MisuseError } from '../base/errors.ts';
import { eventTypeUnknown, listenerNoFunction } from '../base/messages/options.ts';
import { listenerThrew } from '../base/messages/warnings.ts';
import { emitWarning } from '../base/warnings.ts';
import { outside } from '../run/context.ts';
import { isEventType, type RuntimeEvent, type RuntimeEventType } from './runtime-events.ts';

type Listener = (event: RuntimeEvent) => unknown;

interface Observer {
  /** Bound to the context in which it was added. */
  readonly listener: Listener;
  /** It has thrown, and that was reported. */
  reported: boolean;
}

/**
 * The listeners of a runtime. They are called in the order of the events, after the code that is running, so their actions
 * happen between two actions of the runtime. They run in the context in which they were added, so they belong to no run and to
 * no span of one.
 */
export class Observers {
  readonly #listeners = new Map<RuntimeEventType | '*', Set<Observer>>();
  #queue: RuntimeEvent[] = [];

  /** Whether there are listeners. */
  get any(): boolean {
    return this.#listeners.size > 0;
  }

  /** Whether there are listeners for this type. Events without listeners are not made. */
  wants(type: RuntimeEventType): boolean {
    return this.any && (this.#listeners.has(type) || this.#listeners.has('*'));
  }

  /**
   * @returns removes the listener
   * @throws MisuseError for a type that there isn't, or a listener that is no function
   */
  add(type: RuntimeEventType | '*', listener: Listener): () => void {
    if (type !== '*' && !isEventType(type)) {
      throw new MisuseError(eventTypeUnknown(String(type)));
    }
    if (typeof listener !== 'function') {
      throw new MisuseError(listenerNoFunction(type));
    }
    const bound = outside(() => AsyncResource.bind((event: RuntimeEvent) => listener(event)));
    const observer: Observer = { listener: bound, reported: false };
    const observers = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, observers.add(observer));
    return () => {
      observers.delete(observer);
      if (observers.size === 0 && this.#listeners.get(type) === observers) this.#listeners.delete(type);
    };
  }

  tell(event: RuntimeEvent): void {
    this.#queue.push(event);
    if (this.#queue.length === 1) void Promise.resolve().then(() => this.#flush());
  }

  #flush(): void {
    const events = this.#queue;
    this.#queue = [];
    for (const event of events) {
      // Copied, since a listener may add and remove others.
      for (const observer of [...this.#of(event.type), ...this.#of('*')]) call(observer, event);
    }
  }

  #of(type: RuntimeEventType | '*'): Iterable<Observer> {
    return this.#listeners.get(type) ?? [];
  }
}

/** An error of a listener has no effect on runs. */
function call(observer: Observer, event: RuntimeEvent): void {
  try {
    const result = observer.listener(event);
    if (result instanceof Promise) result.catch((error) => report(observer, event, error));
  } catch (error) {
    report(observer, event, error);
  }
}

/** Once for each listener: one that always throws would fill the log of a process that is otherwise well. */
function report(observer: Observer, { type, runId }: RuntimeEvent, error: unknown): void {
  if (observer.reported) return;
  observer.reported = true;
  emitWarning('USE_DURABLE_LISTENER', listenerThrew(type, runId, textOf(error, true)));
}
