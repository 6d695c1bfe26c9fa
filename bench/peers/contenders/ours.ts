import { join } from 'node:path';
import { createRuntime, fileStore, memoryStore, type Store } from 'use-durable';
import { loadPrograms } from '../../compile.ts';
import type { Contender } from '../contender.ts';

const ours = (name: string, durability: string, openStore: (folder: string) => Store): Contender => ({
  name,
  packages: [],
  durability,
  open: async (folder) => {
    const { sequence } = await loadPrograms();
    const store = openStore(folder);
    const runtime = createRuntime({ store });
    return {
      run: async (steps) => (await runtime.start(sequence, [steps])).result(),
      close: async () => {
        await runtime.close();
        await store.close();
      },
    };
  },
});

export const onFile = ours('use-durable, file store', 'SQLite, WAL, fsync of each commit', (folder) =>
  fileStore(join(folder, 'runs.db')),
);

export const inMemory = ours('use-durable, memory store', 'none', () => memoryStore());
