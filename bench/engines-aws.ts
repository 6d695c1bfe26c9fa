import {
  type DurableContext,
  type DurableExecutionClient,
  DurableExecutionInvocationInputWithClient,
  type OperationUpdate,
  type WireOperation,
  withDurableExecution,
} from '@aws/durable-execution-sdk-js';
import { type LambdaHandler, toLambda } from 'use-durable/aws-lambda';
import { loadCompiled } from './compile.ts';
import { type Figure, ratePair } from './measure.ts';

/** Rounds that wait are long, and vary less. */
const roundsFor = (delay: number): number => (delay === 0 ? 41 : 9);

/** What a step costs with us and written by hand on the SDK, over a service that answers at once, and after a while. */
export async function awsFigures(): Promise<Figure[]> {
  const programs = await loadCompiled<typeof import('./programs.ts')>('programs.ts');
  const add = async (total: number, amount: number): Promise<number> => total + amount;
  const byHand = withDurableExecution(async (steps: number, context: DurableContext) => {
    let total = 0;
    for (let index = 0; index < steps; index++) total = await context.step('add', () => add(total, index));
    return total;
  });
  const allByHand = withDurableExecution(async (steps: number, context: DurableContext) => {
    const values = await Promise.all(
      Array.from({ length: steps }, (_, index) => context.step('add', () => add(0, index))),
    );
    return values.length;
  });
  const figures: Figure[] = [];
  for (const [work, steps, delay, ours, theirs] of [
    ['sequential steps, AWS Lambda, service answers at once', 1000, 0, toLambda(programs.sequence), byHand],
    ['sequential steps, AWS Lambda, service takes 5 ms', 40, 5, toLambda(programs.sequence), byHand],
    [
      '1,000 steps at once, AWS Lambda, service answers at once',
      1000,
      0,
      toLambda(programs.fanOut),
      allByHand,
    ],
    ['1,000 steps at once, AWS Lambda, service takes 5 ms', 1000, 5, toLambda(programs.fanOut), allByHand],
  ] as const) {
    const pair = await ratePair(roundsFor(delay), round(ours, steps, delay), round(theirs, steps, delay));
    const reference = { name: 'the SDK by hand', rate: pair.reference, ratio: pair.ratio };
    figures.push({ work, rate: pair.rate, reference, aim: '0.91' });
  }
  return figures;
}

let executions = 0;

function round(handler: LambdaHandler, steps: number, delay: number): () => Promise<number> {
  return async () => {
    const arn = `bench-${++executions}`;
    const event = new DurableExecutionInvocationInputWithClient(
      {
        DurableExecutionArn: arn,
        CheckpointToken: 'first',
        InitialExecutionState: {
          Operations: [
            {
              Id: arn,
              Type: 'EXECUTION',
              Status: 'STARTED',
              StartTimestamp: new Date(),
              ExecutionDetails: { InputPayload: String(steps) },
            },
          ],
          NextMarker: '',
        },
      },
      serviceIn(delay),
    );
    const { Status } = await handler(event, { awsRequestId: arn, getRemainingTimeInMillis: () => 900_000 });
    if (Status !== 'SUCCEEDED') throw new Error(`The execution ended as ${Status}.`);
    return steps;
  };
}

/** A service that keeps nothing. */
const serviceIn = (delay: number): DurableExecutionClient => ({
  getExecutionState: async () => ({ Operations: [] }),
  checkpoint: async ({ Updates = [] }) => {
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    return { CheckpointToken: 'next', NewExecutionState: { Operations: Updates.map(operationAfter) } };
  },
});

const operationAfter = ({ Id, Type, Name, Action, Payload }: OperationUpdate): WireOperation => ({
  Id,
  Type,
  Name,
  StartTimestamp: new Date(),
  Status: Action === 'SUCCEED' ? 'SUCCEEDED' : 'STARTED',
  StepDetails: { Attempt: 1, Result: Payload },
});
