import { createRuntime, memoryStore } from 'use-durable';

interface Reply {
  readonly text: string;
  readonly at?: Date;
  readonly onDone?: () => void;
  readonly log: ((line: string) => void) | undefined;
}

interface Options<T> {
  readonly value: T;
  readonly parse?: (text: string) => T;
}

const service = {
  ask: async (): Promise<Reply> => ({ text: '', log: undefined }),
  either: async (): Promise<string | Error | undefined> => '',
  options: async (): Promise<Options<number>> => ({ value: 1 }),
};

export async function main(options: Options<string>): Promise<unknown> {
  'use durable';
  return [await service.ask(), await service.either(), await service.options(), options.value];
}

export const run = () => createRuntime({ store: memoryStore() }).start(main, [{ value: '' }]);
