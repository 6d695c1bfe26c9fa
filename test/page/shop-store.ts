import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');

/** Markup that would run if anything were rendered as HTML. */
export const MARKUP = `"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`;

/** A worker of the shop on a store. */
export class ShopWorker {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(store: string): Promise<ShopWorker> {
    const child = fork(join(here, 'programs/worker.ts'), [store], {
      execArgv: ['--import', join(root, 'dist/transformer/hosts/register.js')],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const worker = new ShopWorker(child);
    await worker.#answer('ready');
    return worker;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  async run(id: string, fn: string, ...args: readonly unknown[]): Promise<void> {
    this.#child.send([id, fn, args]);
    await this.#answer(id);
  }

  async schedule(): Promise<void> {
    this.#child.send('schedule');
    await this.#answer('scheduled');
  }

  /** As the machine would: nothing is written any more. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.disconnect();
    await once(this.#child, 'exit');
  }

  async #answer(expected: string): Promise<void> {
    const ended = (code: number | null): never => {
      throw new Error(`the worker ended with ${code} before "${expected}"`);
    };
    this.#child.once('exit', ended);
    for (;;) {
      const [message] = (await once(this.#child, 'message')) as [unknown];
      if (message === expected) break;
    }
    this.#child.off('exit', ended);
  }
}

const ORDER = { lines: [{ sku: 'lamp', count: 2 }], card: '4242', country: 'Japan' };

/** One run of each kind. */
export async function fill(worker: ShopWorker): Promise<void> {
  await worker.run('order-1', 'placeOrder', ORDER);
  await worker.run('order-2', 'placeOrder', {
    ...ORDER,
    country: 'Atlantis',
    lines: [
      { sku: 'lamp', count: 1 },
      { sku: 'desk', count: 3 },
    ],
  });
  await worker.run('order-3', 'placeOrder', { ...ORDER, limit: 100 });
  await worker.run('ada@example.com', 'subscribe', 'ada@example.com');
  await worker.run('import/2026-11', 'importLines', 10_000);
  await worker.run('book-1', 'renderBook', 200);
  await worker.run('contacts', 'syncContacts', 'ada');
  await worker.run('video', 'encodeVideo', 3, 120_000);
  await worker.run(MARKUP, 'hostile', MARKUP);
  await worker.run('huge', 'hugeResult', 30_000);
  await worker.run(
    `a-run-with-an-id-${'that-is-very-long-'.repeat(8)}end`,
    'aDurableFunctionWhoseNameIsSoLongThatNoColumnOfAnyTableIsWideEnoughForIt',
  );
  await worker.schedule();
}
