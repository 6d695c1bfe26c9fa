import type { System, SystemTimer } from '../../runtime/local/time/system.ts';
import type { Clock } from '../../runtime/local/time/timers.ts';
import type { Alarm, Loop, Loops } from './loop.ts';
import type { Random } from './random.ts';

class Timer implements SystemTimer {
  readonly alarm: Alarm;

  constructor(alarm: Alarm) {
    this.alarm = alarm;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

/** A process of the simulation: a loop, a clock on the wall that may be wrong, and what a worker uses of its system. */
export class Process implements System, Clock {
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  readonly loop: Loop;
  readonly #loops: Loops;
  readonly #random: Random;
  /** By how many ms its clock is ahead. */
  ahead: number;
  /** The name that its runtime goes by. */
  worker: string | undefined;

  constructor(
    loops: Loops,
    { name, host, pid, ahead }: Pick<Process, 'name' | 'host' | 'pid' | 'ahead'>,
    random: Random,
  ) {
    this.name = name;
    this.host = host;
    this.pid = pid;
    this.ahead = ahead;
    this.loop = loops.add(name);
    this.#loops = loops;
    this.#random = random;
  }

  get isDead(): boolean {
    return this.loop.state === 'dead';
  }

  now(): number {
    return this.#loops.now + this.ahead;
  }

  uptime(): number {
    return this.#loops.now;
  }

  after(ms: number, callback: () => void): () => void {
    const alarm = this.loop.after(ms, callback);
    return () => this.loop.clear(alarm);
  }

  setTimeout(callback: () => void, ms: number): SystemTimer {
    return new Timer(this.loop.after(ms, callback));
  }

  setInterval(callback: () => void, ms: number): SystemTimer {
    return new Timer(this.loop.after(ms, callback, ms));
  }

  clear(timer: SystemTimer | undefined): void {
    if (timer instanceof Timer) this.loop.clear(timer.alarm);
  }

  random(bytes: number): string {
    return this.#random.hex(bytes);
  }
}
