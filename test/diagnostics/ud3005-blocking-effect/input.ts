import { execSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { writeFileSync } from 'node:fs';
import { job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  writeFileSync('a', 'b');
  fs.appendFileSync('a', 'c');
  spawn('true');
  const text = String(execSync('date'));
  return await job(text);
}
