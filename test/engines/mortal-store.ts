import { type Store, StoreError } from '../../runtime/index.ts';

export interface MortalStore {
  readonly store: Store;
  /** Resolves when the process, as the runtime on this store takes it for, has died. */
  readonly died: Promise<void>;
  readonly isDead: () => boolean;
}

/**
 * A store as it is to a process that dies as soon as it has written so many events, maybe in the middle of a batch:
 * nothing reaches the store any more, and what the process held is free.
 */
export function mortal(store: Store, limit: number): MortalStore {
  let left = limit;
  let worker = '';
  let die = (): void => {};
  const died = new Promise<void>((resolve) => {
    die = resolve;
  });
  const append: Store['append'] = (batch) => {
    const written = batch.map((one) => {
      const events = one.events.slice(0, left);
      left -= events.length;
      return { ...one, events };
    });
    const refused = store.append(written);
    if (left > 0) return refused;
    void store.release(worker);
    die();
    throw dead();
  };
  const proxy = new Proxy(store, {
    get(target, property) {
      const method: unknown = Reflect.get(target, property);
      if (typeof method !== 'function') return method;
      return (...args: readonly unknown[]) => {
        if (left <= 0) throw dead();
        for (const arg of args) worker = (arg as { worker?: string } | undefined)?.worker ?? worker;
        return property === 'append'
          ? append(...(args as Parameters<Store['append']>))
          : Reflect.apply(method, target, args);
      };
    },
  });
  return { store: proxy, died, isDead: () => left <= 0 };
}

const dead = (): StoreError => new StoreError('the process died');
