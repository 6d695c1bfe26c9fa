/** Whether the worker that holds a run is still there. Both stores ask it when a run is claimed. */
import { readFileSync } from 'node:fs';
import type { Claimant } from './store.ts';

/** Who holds a run. */
export interface Owner extends Claimant {
  /** Tells the process from a later one with the same id; null where the system can't tell. */
  readonly process: string | null;
}

export const ownerOf = (by: Claimant): Owner => ({
  ...by,
  process: by.pid === process.pid ? ownProcess() : inspect(by.pid).identity,
});

/**
 * A run may be taken from its owner once the lease has run out, or at once if the owner was a process of the claimant's
 * host and is gone. The id of a gone process may belong to another one by now: in a container that was restarted, it
 * usually belongs to the claimant itself. So processes are compared by boot and start time as well. Where these can't be
 * had (no `/proc`), an owner whose process id is in use counts as alive, and its lease has to run out.
 *
 * Another worker of the claimant's own process (a second runtime, a worker thread) is alive until it releases its runs
 * or its lease runs out. Two containers that share a host name and a file are taken for one host; give them names of
 * their own.
 */
export function isGone(owner: Owner, by: Claimant, now: number): boolean {
  if (owner.leaseUntil <= now) return true;
  if (owner.host !== by.host) return false;
  const found = inspect(owner.pid);
  if (!found.running) return true;
  return owner.process !== null && found.identity !== null && owner.process !== found.identity;
}

/** What a process sees of the workers of a store. */
export interface WorkersView {
  /** The wall clock, ms since the epoch. */
  now(): number;
  isGone(owner: Owner, by: Claimant, now: number): boolean;
}

export const processView: WorkersView = { now: () => Date.now(), isGone };

interface ProcessState {
  readonly running: boolean;
  /** Boot and start time; null where the system doesn't tell. */
  readonly identity: string | null;
}

let own: string | null | undefined;

/** Read once: a run's creation should not cost two files. */
function ownProcess(): string | null {
  own ??= inspect(process.pid).identity;
  return own;
}

function inspect(pid: number): ProcessState {
  if (!answers(pid)) return { running: false, identity: null };
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold anything; the state is field 3, the start 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie is dead; its parent (in a container without an init process: nobody) has yet to notice.
    return { running: fields[0] !== 'Z', identity: `${boot}:${fields[19]}` };
  } catch {
    return { running: true, identity: null };
  }
}

function answers(pid: number): boolean {
  // 0 and negative numbers would ask about groups of processes.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
