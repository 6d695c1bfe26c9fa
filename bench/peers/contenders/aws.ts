import { type DurableContext, withDurableExecution } from '@aws/durable-execution-sdk-js';
import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import { add, type Contender } from '../contender.ts';

const sequence = withDurableExecution(async (steps: number, context: DurableContext) => {
  let total = 0;
  for (let index = 0; index < steps; index++) {
    const before = total;
    total = await context.step('add', () => add(before, index));
  }
  return total;
});

/** The local runner of the SDK: a server in a thread of this process, which keeps everything in memory. */
export const onAws: Contender = {
  name: 'AWS Durable Execution SDK, local runner',
  packages: ['@aws/durable-execution-sdk-js', '@aws/durable-execution-sdk-js-testing'],
  durability: 'none: in memory',
  open: async () => {
    await LocalDurableTestRunner.setupTestEnvironment({ skipTime: false });
    return {
      run: async (steps) => {
        const runner = new LocalDurableTestRunner({ handlerFunction: sequence });
        const execution = await runner.run({ payload: steps });
        return execution.getResult() as number;
      },
      close: () => LocalDurableTestRunner.teardownTestEnvironment(),
    };
  },
};
