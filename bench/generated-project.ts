/** A project to compile: files of about 150 lines as a back end has them, each importing from the one before it. */

/** @param durable whether the asynchronous functions of the file have the directive */
export function generateFile(index: number, durable: boolean): string {
  const before =
    index > 0
      ? `import { type Order as Earlier, validate as validateEarlier } from './file${index - 1}.ts';\n`
      : '';
  const earlier = index > 0 ? 'Earlier' : 'Order';
  const validate = index > 0 ? 'validateEarlier' : 'validate';
  const directive = durable ? "\n  'use durable';" : '';
  return `${before}import { type Api, log, pause } from './shared.ts';

/** One line of an order. */
export interface Item {
  readonly sku: string;
  readonly quantity: number;
  readonly price: { readonly amount: number; readonly currency: 'EUR' | 'USD' };
  readonly tags?: readonly string[];
}

export interface Order {
  readonly id: string;
  readonly customer: { readonly id: string; readonly email: string; readonly vip: boolean };
  readonly items: readonly Item[];
  readonly createdAt: number;
  status: 'new' | 'paid' | 'shipped' | 'failed';
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

export class OrderError extends Error {
  readonly code: number;
  constructor(message: string, code: number) {
    super(message);
    this.name = 'OrderError';
    this.code = code;
  }
}

const RATES: Readonly<Record<Item['price']['currency'], number>> = { EUR: 1, USD: 1.09 };

export function validate(order: Order): Outcome<Order> {
  if (order.items.length === 0) return { ok: false, error: \`order \${order.id} is empty\` };
  for (const { sku, quantity } of order.items) {
    if (!/^[A-Z]{2}-\\d+$/.test(sku)) return { ok: false, error: \`\${sku} is no article\` };
    if (quantity < 1 || !Number.isInteger(quantity)) return { ok: false, error: \`\${quantity} of \${sku}\` };
  }
  return { ok: true, value: order };
}

export function total(order: Order): number {
  return order.items
    .map(({ quantity, price }) => (quantity * price.amount) / RATES[price.currency])
    .reduce((sum, amount) => sum + amount, 0);
}

function group<T, K>(values: readonly T[], keyOf: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const known = groups.get(key);
    if (known) known.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

export class Ledger {
  readonly #entries: { readonly order: string; readonly amount: number }[] = [];
  readonly #limit: number;

  constructor(limit = 1000) {
    this.#limit = limit;
  }

  add(order: Order): this {
    if (this.#entries.length >= this.#limit) throw new OrderError('the ledger is full', 507);
    this.#entries.push({ order: order.id, amount: total(order) });
    return this;
  }

  get sum(): number {
    let sum = 0;
    for (const { amount } of this.#entries) sum += amount;
    return sum;
  }

  byOrder(): ReadonlyMap<string, number> {
    const groups = group(this.#entries, ({ order }) => order);
    return new Map([...groups].map(([order, entries]) => [order, entries.reduce((a, { amount }) => a + amount, 0)]));
  }
}

/** Takes the money and sends the goods. */
export async function fulfil${index}(order: Order, api: Api): Promise<Outcome<string>> {${directive}
  const checked = validate(order);
  if (!checked.ok) return checked;
  const { customer, items } = checked.value;
  const account = await api.accounts.find(customer.id);
  const amount = total(order) * (customer.vip ? 0.9 : 1);
  let payment: string | undefined;
  for (let attempt = 1; attempt <= 3 && payment === undefined; attempt++) {
    try {
      payment = await api.charge(account, amount);
    } catch (error) {
      if (!(error instanceof OrderError) || error.code < 500) throw error;
      await pause(attempt * 100);
    }
  }
  if (payment === undefined) {
    await api.notify(customer.email, \`We could not charge \${amount.toFixed(2)}\`);
    return { ok: false, error: 'payment failed' };
  }
  try {
    const shipments = await Promise.all(
      [...group(items, ({ sku }) => sku.slice(0, 2))].map(async ([depot, goods]) => {
        const reservation = await api.reserve(depot, goods.map(({ sku, quantity }) => \`\${quantity} x \${sku}\`));
        return await api.ship(reservation, customer.id);
      }),
    );
    await log(\`shipped \${order.id}\`, shipments.length);
    order.status = 'shipped';
    return { ok: true, value: shipments.join(', ') };
  } catch (error) {
    await api.refund(payment);
    order.status = 'failed';
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Reminds until somebody pays. */
export const remind${index} = async (orders: readonly ${earlier}[], api: Api): Promise<number> => {${directive}
  let reminded = 0;
  const open = orders.filter(({ status }) => status === 'new');
  for (const order of open) {
    if (!${validate}(order).ok) continue;
    const paid = await api.accounts.find(order.customer.id);
    if (paid.length > 0) continue;
    const { email } = order.customer;
    await api.notify(email, \`Please pay \${order.id}\`);
    reminded += 1;
    await pause(1000);
  }
  const first = api.charge('reminders', reminded);
  const second = api.notify('office@example.com', \`\${reminded} reminders\`);
  await Promise.all([first, second]);
  return reminded;
};

/** What the month was like. */
export async function report${index}(orders: readonly Order[], api: Api): Promise<string> {
  const ledger = new Ledger();
  for (const order of orders) ledger.add(order);
  const names = await Promise.all(orders.map(({ customer }) => api.accounts.find(customer.id)));
  return [...ledger.byOrder()].map(([order, amount], at) => \`\${order} \${names[at] ?? '?'} \${amount}\`).join('\\n');
}
`;
}

/** What all of the files import. */
export const SHARED = `export interface Api {
  readonly accounts: { find(id: string): Promise<string> };
  charge(account: string, amount: number): Promise<string>;
  notify(address: string, text: string): Promise<void>;
  reserve(depot: string, goods: readonly string[]): Promise<string>;
  ship(reservation: string, customer: string): Promise<string>;
  refund(payment: string): Promise<void>;
}

export async function log(text: string, count: number): Promise<void> {
  process.stdout.write(\`\${text} \${count}\\n\`);
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
`;

/** The sources of a project in which one file of `every` is durable. */
export function generateProject(files: number, every: number): Record<string, string> {
  const project: Record<string, string> = { 'src/shared.ts': SHARED };
  for (let index = 0; index < files; index++)
    project[`src/file${index}.ts`] = generateFile(index, index % every === 0);
  return project;
}
