/** Events and workers for tests of stores. */
import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import type { RunEnded, RunStarted, StepEnded } from '../../../../runtime/journal/events.ts';
import type { Claimant } from '../../../../runtime/stores/claims.ts';

export const started = (at = 1_000, fn = 'shop/order'): RunStarted => ({
  type: 'run-started',
  at,
  version: 1,
  fn,
  input: '1j["é\u0000\ud83d\ude00"]',
  seed: 'seed',
});

export const step = (key: string, at = 2_000): StepEnded => ({
  type: 'step',
  at,
  key,
  ok: true,
  value: '1j1',
  startedAt: at - 1,
  attempt: 1,
  worker: 'a',
});

export const ended = (ok = true, at = 3_000): RunEnded => ({ type: 'run-ended', at, ok, value: '1j1' });

/** A worker of this process whose lease runs long. */
export const worker = (name: string, more: Partial<Claimant> = {}): Claimant => ({
  worker: name,
  pid: process.pid,
  host: hostname(),
  leaseUntil: Date.now() + 60_000,
  ...more,
});

/** The id of a process that has just ended. */
export const deadPid = (): number => spawnSync(process.execPath, ['--version']).pid;
