/** Whether the worker that holds a run is still there. Both stores ask it when a run is claimed. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Claimant } from './claims.ts';

/** The longest lease that a worker may ask for, in ms. */
export const LONGEST_LEASE: number = 2 ** 31 - 1;

/** Who holds a run. */
export interface Owner extends Claimant {
  /**
   * The place in which its thread is visible (boot and PID namespace), and what distinguishes it from a later thread with the
   * same ids; null if the system doesn't show it.
   */
  readonly process: string | null;
}

export const ownerOf = (by: Claimant): Owner => ({ ...by, process: describe(by) });

/**
 * A run may be taken from its owner once the lease has run out, or at once if the claimant sees that the owner is gone: its
 * process, or its worker thread.
 *
 * Only processes of the same boot and PID namespace are visible, whatever the names of their hosts: two containers with one
 * host name are two places, and each waits for the leases of the other. The id of a gone process may belong to another one by
 * now: in a restarted container, it usually belongs to the claimant itself. So the start times of threads are compared as well.
 * Without `/proc`, the place is the host's name, and an owner whose process id is in use counts as alive.
 *
 * Another worker of the claimant's own thread (a second runtime) is alive until it releases its runs or its lease runs out.
 */
function isGone(owner: Owner, by: Claimant, now: number): boolean {
  // A lease that no worker can have written is damage. The run would wait for its end for years.
  if (owner.leaseUntil <= now || owner.leaseUntil > now + 2 * LONGEST_LEASE) return true;
  const state = look(owner, by);
  return state !== undefined && !state.running;
}

/** Its lease may have run out, but it is only stopped, as by SIGSTOP or a debugger. */
function isStopped(owner: Owner, by: Claimant): boolean {
  return look(owner, by)?.stopped === true;
}

/** What a process sees of the workers of a store. */
export interface WorkersView {
  /** The wall clock, ms since the epoch. */
  now(): number;
  isGone(owner: Owner, by: Claimant, now: number): boolean;
  isStopped(owner: Owner, by: Claimant): boolean;
}

export const processView: WorkersView = { now: () => Date.now(), isGone, isStopped };

/** What this process sees of a worker, without being one. */
export function stateOfWorker(owner: Owner): 'alive' | 'stopped' | 'gone' {
  const by = { worker: '', pid: process.pid, host: hostname(), leaseUntil: 0 };
  if (isStopped(owner, by)) return 'stopped';
  return isGone(owner, by, processView.now()) ? 'gone' : 'alive';
}

interface ThreadState {
  readonly running: boolean;
  readonly stopped: boolean;
}

const GONE: ThreadState = { running: false, stopped: false };

/** Undefined if this process can't see the owner. */
function look({ pid, host, process: identity }: Owner, by: Claimant): ThreadState | undefined {
  const place = ownPlace();
  if (identity !== null && place !== undefined) {
    if (!identity.startsWith(`${place} `)) return undefined;
    const [thread = '', start] = identity.slice(place.length + 1).split(':');
    const found = answers(pid) ? readThread(pid, thread) : undefined;
    if (found === undefined) return GONE;
    // A zombie is dead, although its parent has not noticed. A container without an init process has no such parent.
    return { running: found.start === start && found.state !== 'Z', stopped: /[tT]/.test(found.state) };
  }
  // One of the two doesn't know its place, so they may be in two places.
  if (identity !== null || place !== undefined || process.platform === 'linux') return undefined;
  return host === by.host ? { running: answers(pid), stopped: false } : undefined;
}

/** What a claimant is known by. It is of this process; only tests claim in the name of others. */
function describe({ pid, host }: Claimant): string | null {
  if (pid === process.pid) return ownIdentity();
  const place = ownPlace();
  if (place === undefined || host !== hostname()) return null;
  const found = answers(pid) ? readThread(pid, String(pid)) : undefined;
  return `${place} ${pid}:${found?.start ?? 'gone'}`;
}

let own: string | null | undefined;

/** Read once: a run's creation should not cost several files. */
function ownIdentity(): string | null {
  if (own !== undefined) return own;
  const place = ownPlace();
  own = null;
  if (place === undefined) return own;
  const thread = ownThread();
  const found = readThread(process.pid, thread);
  if (found !== undefined) own = `${place} ${thread}:${found.start}`;
  return own;
}

let found: { readonly place: string | undefined } | undefined;

/** The boot of the machine, and the namespace in which process ids mean something; undefined where that can't be had. */
function ownPlace(): string | undefined {
  found ??= { place: readPlace() };
  return found.place;
}

function readPlace(): string | undefined {
  try {
    // After `unshare --pid` alone it shows the processes of another namespace, under other ids.
    if (readlinkSync('/proc/self') !== String(process.pid)) return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

/** A worker thread may be terminated while its process lives on. */
function ownThread(): string {
  try {
    return readlinkSync('/proc/thread-self').split('/').at(-1)!;
  } catch {
    return String(process.pid);
  }
}

interface Thread {
  /** A letter, as in `man proc_pid_stat`. */
  readonly state: string;
  /** When it began, in ticks since the boot. */
  readonly start: string;
}

/** Undefined if there is no such thread. */
function readThread(pid: number, thread: string): Thread | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold anything; the state is field 3, the start 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0]!, start: fields[19]! };
  } catch {
    return undefined;
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
