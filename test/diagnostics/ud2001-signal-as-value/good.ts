import { job } from '../ud2001-unsupported/steps.ts';

export async function main(times: readonly number[]): Promise<unknown> {
  'use durable';
  const signals = times.map((ms) => AbortSignal.timeout(ms));
  await job('work');
  return signals.map((signal) => signal.aborted);
}
