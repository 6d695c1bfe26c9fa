import { job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable as register-user.v2';
  return await job('a');
}

export async function underscored(): Promise<unknown> {
  'use durable as $_größe';
  return await job('b');
}
