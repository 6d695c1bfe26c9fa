import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWorkflowTests, setupWorkflowTests, teardownWorkflowTests } from '@workflow/vitest';
import { start } from 'workflow/api';
import type { Contender } from '../contender.ts';

/**
 * The local world: files and a queue, in this process. Handlers are called directly, as in the package's own tests; over
 * HTTP, as its development server does it, it would take longer.
 */
export const onWorkflow: Contender = {
  name: 'workflow, local world',
  packages: ['workflow', '@workflow/world-local'],
  durability: 'a file for each event, no fsync',
  open: async (folder) => {
    const options = {
      cwd: fileURLToPath(new URL('../workflows/', import.meta.url)),
      dataDir: join(folder, 'data'),
      outDir: fileURLToPath(new URL('../.workflow/', import.meta.url)),
    };
    await buildWorkflowTests(options);
    await setupWorkflowTests(options);
    // What the compiler puts in the place of a workflow for those who start it.
    const sequence = { workflowId: 'workflow//./sequence//sequence' } as unknown as (
      steps: number,
    ) => Promise<number>;
    return {
      run: async (steps) => (await start(sequence, [steps])).returnValue,
      close: teardownWorkflowTests,
    };
  },
};
