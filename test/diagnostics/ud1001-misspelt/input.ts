import { job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durible';
  return await job('a');
}

export const arrow = async (): Promise<unknown> => {
  'Use Durable';
  return await job('b');
};

export async function spaced(): Promise<unknown> {
  ' use  durable ';
  return await job('c');
}

export async function dashed(): Promise<unknown> {
  'use-durable';
  return await job('d');
}
