import { job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  // Other directives, and texts that only speak of it.
  const about = 'use durable';
  return [await job(about), 'use durible'.length, "'use durible'"];
}

export function client(): string {
  'use client';
  'use strict';
  return 'use during the day';
}
