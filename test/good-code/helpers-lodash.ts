import { setTimeout as delay } from 'node:timers/promises';
import { sleep } from 'use-durable';
import { debounce, memoize, merge, omit } from 'lodash-like';

interface Task<P = unknown> {
  readonly id: number;
  readonly payload: P;
  readonly after?: readonly number[];
  retries?: number;
  readonly onDone?: (task: Task<P>) => void;
}
type State = 'waiting' | 'running' | 'done' | { readonly failed: string };
type Handler<T extends Task = Task> = (task: T) => Promise<unknown>;

const handlers: Readonly<Record<string, Handler>> = {
  echo: async (task) => task.payload,
  pause: async () => {
    await delay(10);
  },
};
const slug = memoize((text: string) => text.toLowerCase().replace(/\W+/g, '-'));
const save = debounce((text: string) => void fetch(text), 100);
const DEFAULTS = { retries: 3, parallel: 2, label: undefined as string | undefined };

export async function runTasks(tasks: Task[], options: Partial<typeof DEFAULTS> = {}): Promise<Map<number, State>> {
  'use durable';
  const { retries, parallel, label = 'tasks' } = merge(DEFAULTS, omit(options, 'label'));
  const states = new Map<number, State>(tasks.map(({ id }) => [id, 'waiting']));
  const queue = [...tasks];
  const results: unknown[] = [];
  const isReady = ({ after = [] }: Task): boolean => after.every((id) => states.get(id) === 'done');
  async function work(name: string): Promise<void> {
    for (;;) {
      const index = queue.findIndex(isReady);
      const [task] = index < 0 ? [] : queue.splice(index, 1);
      if (!task) return;
      states.set(task.id, 'running');
      for (let left = task.retries ?? retries; ; left--) {
        try {
          results.push(await perform(name, task));
          states.set(task.id, 'done');
          break;
        } catch (error) {
          if (left <= 0) {
            states.set(task.id, { failed: error instanceof Error ? error.message : String(error) });
            break;
          }
          await sleep(1000);
        }
      }
    }
  }
  await Promise.all(Array.from({ length: parallel }, (_, i) => work(`${slug(label)}-${i}`)));
  const failures = [...states].filter(([, state]) => typeof state === 'object');
  if (failures.length > 0) console.warn(`${failures.length} failed`, failures.map(([id]) => id).join(', '));
  return states;
}

async function perform(name: string, task: Task): Promise<unknown> {
  save(name);
  const handler = handlers[String(task.payload)] ?? handlers.echo;
  return await handler?.(task);
}
