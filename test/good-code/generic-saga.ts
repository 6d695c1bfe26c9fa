import { registerClass, sleep, step } from 'use-durable';

/** A value object that the codec knows. */
export class Money {
  private constructor(
    readonly amount: bigint,
    readonly currency: string,
  ) {}
  static of(amount: bigint, currency: string): Money {
    return new Money(amount, currency);
  }
  plus(other: Money): Money {
    return new Money(this.amount + other.amount, this.currency);
  }
}
registerClass(Money);

/** A service with everything that ordinary classes have; it never goes into the journal. */
class Bookings {
  readonly #base: URL;
  private calls = 0;
  constructor(base: string) {
    this.#base = new URL(base);
  }
  get count(): number {
    return this.calls;
  }
  async reserve<K extends Kind>(kind: K, from: Date): Promise<Reservation<K>> {
    this.calls++;
    return { kind, id: `${this.#base.host}/${kind}`, from, price: Money.of(1n, 'EUR') };
  }
  async cancel(reservation: Pick<Reservation, 'id'>): Promise<boolean> {
    return reservation.id !== '';
  }
  async find(ids: Iterable<string>): Promise<ReadonlyMap<string, Reservation>> {
    return new Map([...ids].map((id) => [id, { kind: 'car', id, from: new Date(), price: Money.of(1n, 'EUR') }]));
  }
}
type Kind = 'car' | 'hotel' | 'flight';
interface Reservation<K extends Kind = Kind> {
  readonly kind: K;
  readonly id: string;
  readonly from: Date;
  readonly price: Money;
}
type DeepReadonly<T> = T extends (infer E)[] ? readonly DeepReadonly<E>[] : T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

const bookings = new Bookings('https://bookings.example.org');

class Compensations {
  private readonly steps: (() => Promise<unknown>)[] = [];
  add(undo: () => Promise<unknown>): void {
    this.steps.unshift(undo);
  }
  async run(): Promise<void> {
    for (const undo of this.steps) await undo();
  }
}

export async function bookTrip<const K extends readonly Kind[]>(kinds: K, when: Date, budget?: Money): Promise<Record<string, Reservation>> {
  'use durable';
  const undo: (() => Promise<unknown>)[] = [];
  const booked: Record<string, Reservation> = {};
  let total = Money.of(0n, 'EUR');
  try {
    for (const kind of kinds) {
      const reservation = await bookings.reserve(kind, when);
      booked[kind] = reservation;
      undo.unshift(() => bookings.cancel(reservation));
      total = total.plus(reservation.price);
      if (budget && total.amount > budget.amount) throw new RangeError(`over budget: ${total.amount}`);
    }
    const found = await bookings.find(Object.values(booked).map(({ id }) => id));
    const settings = await loadSettings();
    if (settings.confirm && found.size === kinds.length) await step('confirm', () => confirm_(booked));
    return booked;
  } catch (error) {
    for (const cancel of undo) {
      try {
        await cancel();
      } catch {
        await sleep('1m');
        await cancel();
      }
    }
    throw error;
  }
}

async function loadSettings(): Promise<DeepReadonly<{ confirm: boolean; limits: { kind: Kind; max: number }[] }>> {
  return { confirm: true, limits: [] };
}
async function confirm_(booked: Readonly<Record<string, Reservation>>): Promise<number> {
  const compensations = new Compensations();
  compensations.add(async () => {});
  return Object.keys(booked).length;
}
