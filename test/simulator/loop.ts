import type { Random } from './random.ts';

/** How many immediates of the platform are queued at once; each drains the microtasks behind it. */
const AHEAD = 16;
const { setImmediate } = globalThis;

/** A timer. */
export interface Alarm {
  due: number;
  order: number;
  readonly callback: () => void;
  /** Of one that fires again and again, in ms. */
  readonly every: number | undefined;
}

/** The event loop of one process, driven by that of the simulation: timers, and what comes in a turn of its own. */
export class Loop {
  readonly name: string;
  /** `paused`: nothing of it runs, and what is due waits. */
  state: 'running' | 'paused' | 'dead' = 'running';
  readonly #host: Loops;
  #turns: (() => void)[] = [];
  readonly #alarms = new Set<Alarm>();
  #first: Alarm | undefined;

  constructor(host: Loops, name: string) {
    this.#host = host;
    this.name = name;
  }

  /** Calls back in a turn of its own, behind those that were asked for before. */
  turn(callback: () => void): void {
    if (this.state !== 'dead') this.#turns.push(callback);
  }

  after(ms: number, callback: () => void, every?: number): Alarm {
    const due = this.#host.now + Math.max(0, Math.ceil(ms));
    const alarm = { due, order: this.#host.nextOrder(), callback, every };
    if (this.state !== 'dead') this.#add(alarm);
    return alarm;
  }

  #add(alarm: Alarm): void {
    this.#alarms.add(alarm);
    if (this.#first !== undefined && isBefore(alarm, this.#first)) this.#first = alarm;
  }

  clear(alarm: Alarm): void {
    this.#alarms.delete(alarm);
    if (this.#first === alarm) this.#first = undefined;
  }

  die(): void {
    this.state = 'dead';
    this.#turns = [];
    this.#alarms.clear();
    this.#first = undefined;
  }

  /** When it has something to do, by the time of the simulation; `Infinity` for never. */
  get due(): number {
    if (this.state !== 'running') return Number.POSITIVE_INFINITY;
    return this.#turns.length > 0 ? 0 : (this.#next()?.due ?? Number.POSITIVE_INFINITY);
  }

  /** Does one thing that is due. */
  act(random: Random): void {
    const next = this.#next();
    const isDue = next !== undefined && next.due <= this.#host.now;
    if (isDue && (this.#turns.length === 0 || random.chance(0.5))) return this.#fire(next);
    this.#turns.shift()?.();
  }

  #fire(alarm: Alarm): void {
    this.clear(alarm);
    if (alarm.every !== undefined) {
      alarm.due = this.#host.now + Math.ceil(alarm.every);
      alarm.order = this.#host.nextOrder();
      this.#add(alarm);
    }
    alarm.callback();
  }

  #next(): Alarm | undefined {
    if (this.#first === undefined) {
      for (const alarm of this.#alarms)
        if (this.#first === undefined || isBefore(alarm, this.#first)) this.#first = alarm;
    }
    return this.#first;
  }
}

const isBefore = (a: Alarm, b: Alarm): boolean => a.due < b.due || (a.due === b.due && a.order < b.order);

/** All processes of a simulation: chance decides which of those goes on that have something to do. */
export class Loops {
  /** The time of the simulation, ms since the epoch. */
  now: number;
  /** What is acting. */
  acting: Loop | undefined;
  readonly #random: Random;
  readonly #loops: Loop[] = [];
  #order = 0;
  actions = 0;

  constructor(now: number, random: Random) {
    this.now = now;
    this.#random = random;
  }

  nextOrder(): number {
    return this.#order++;
  }

  add(name: string): Loop {
    const loop = new Loop(this, name);
    this.#loops.push(loop);
    return loop;
  }

  remove(loop: Loop): void {
    loop.die();
    this.#loops.splice(this.#loops.indexOf(loop), 1);
  }

  /** Lets the processes act until that is over, or nothing is left to do. */
  run(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let queued = 0;
      let done = false;
      const turn = (): void => {
        queued--;
        if (done) return;
        try {
          if (isOver() || !this.#step()) {
            done = true;
            this.acting = undefined;
            resolve();
            return;
          }
        } catch (error) {
          done = true;
          reject(error);
          return;
        }
        if (queued === 0) queue();
      };
      const queue = (): void => {
        for (; queued < AHEAD; queued++) setImmediate(turn);
      };
      queue();
    });
  }

  /** One action of one process; all microtasks that it sets off run before the next. False if nobody has anything to do. */
  #step(): boolean {
    let ready = this.#ready();
    if (ready.length === 0) {
      const due = Math.min(...this.#loops.map((loop) => loop.due));
      if (due === Number.POSITIVE_INFINITY) return false;
      this.now = due;
      ready = this.#ready();
    }
    this.actions++;
    const loop = ready.length === 1 ? ready[0]! : this.#random.pick(ready);
    this.acting = loop;
    loop.act(this.#random);
    // Work takes time, mostly next to none.
    if (this.#random.chance(0.02)) this.now += this.#random.between(1, 8);
    return true;
  }

  #ready(): Loop[] {
    return this.#loops.filter((loop) => loop.due <= this.now);
  }
}
