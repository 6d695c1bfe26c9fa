import { job } from './steps.ts';

export function main(): Promise<unknown> {
  'use durable';
  return job('a');
}

export const arrow = () => {
  'use durable';
  return job('b');
};
