import type { Fault } from './profile.ts';
import { FAULTS } from './profile.ts';
import type { Random } from './random.ts';
import type { Simulation, Worker } from './simulation.ts';
import type { World } from './world.ts';

/** What goes wrong, and when. All is well again when the time of the profile is over. */
export class Faults {
  count = 0;
  over = false;
  readonly #simulation: Simulation;
  readonly #world: World;
  readonly #random: Random;

  constructor(simulation: Simulation, world: World) {
    this.#simulation = simulation;
    this.#world = world;
    this.#random = simulation.random.fork();
  }

  begin(): void {
    const { nature, profile } = this.#simulation;
    for (const fault of FAULTS) {
      for (let count = 0; count < profile.rates[fault]; count++)
        nature.after(this.#random.between(0, profile.length), () => this.#happens(fault));
    }
    nature.after(profile.length, () => this.#heal());
  }

  #note(who: string, what: string): void {
    this.count++;
    this.#simulation.trace.add('fault', who, what);
  }

  #happens(fault: Fault): void {
    const { weather, nature, workers } = this.#simulation;
    const random = this.#random;
    const worker = workers.length === 0 ? undefined : random.pick(workers);
    const ms = random.spread(20, 8_000);
    switch (fault) {
      case 'flaky':
      case 'unanswered': {
        const name = fault === 'flaky' ? 'failed' : 'unanswered';
        weather[name] = random.pick([0.02, 0.1, 0.5]);
        this.#note('store', `${name}: ${weather[name]} of all calls for ${ms} ms`);
        nature.after(ms, () => (weather[name] = 0));
        return;
      }
      case 'down':
        weather.down = true;
        this.#note('store', `is down for ${ms} ms`);
        nature.after(ms, () => (weather.down = false));
        return;
      case 'sick': {
        const runs = [...this.#simulation.truth.runs.keys()];
        if (runs.length === 0) return;
        const id = random.pick(runs);
        weather.sick.add(id);
        this.#note('store', `can't write ${id} for ${ms} ms`);
        nature.after(ms, () => weather.sick.delete(id));
        return;
      }
      default:
        if (worker !== undefined) this.#befalls(fault, worker, ms);
    }
  }

  #befalls(fault: Fault, worker: Worker, ms: number): void {
    const { process, runtime } = worker;
    const simulation = this.#simulation;
    const { weather, nature } = simulation;
    const random = this.#random;
    switch (fault) {
      case 'kill':
        this.count++;
        simulation.kill(process);
        return this.#replace();
      case 'doom': {
        const isDone = random.chance(0.5);
        weather.doomed.set(process, isDone);
        this.#note(process.name, `will die in its next write, which is ${isDone ? '' : 'not '}done`);
        return this.#replace();
      }
      case 'pause':
        if (process.loop.state !== 'running') return;
        process.loop.state = 'paused';
        this.#note(process.name, `stands still for ${ms} ms`);
        nature.after(ms, () => this.#resume(worker));
        return;
      case 'jump': {
        const by = random.spread(10, 60_000) * (random.chance(0.5) ? 1 : -1);
        process.ahead += by;
        this.#note(process.name, `its clock jumps by ${by} ms`);
        return;
      }
      case 'deaf':
        weather.deaf.add(process);
        this.#note(process.name, `can't renew its lease for ${ms} ms`);
        nature.after(ms, () => weather.deaf.delete(process));
        return;
      case 'close':
        if (process.loop.state !== 'running') return;
        this.#note(process.name, 'is closed');
        simulation.workers.splice(simulation.workers.indexOf(worker), 1);
        process.loop.turn(() => {
          const end = (): void => {
            if (!process.isDead) simulation.kill(process);
          };
          runtime.close({ timeoutMs: random.pick([0, 100, 5_000]) }).then(end, end);
        });
        return this.#replace();
    }
  }

  #resume({ process }: Worker): void {
    if (process.loop.state !== 'paused') return;
    process.loop.state = 'running';
    this.#simulation.trace.add('fault', process.name, 'goes on');
  }

  #replace(): void {
    const { nature } = this.#simulation;
    nature.after(this.#random.spread(10, 3_000), () => {
      if (!this.over || this.#simulation.workers.length === 0) this.#simulation.spawn();
    });
  }

  #heal(): void {
    const { weather, workers, trace } = this.#simulation;
    trace.add('fault', 'nature', 'nothing goes wrong from now on');
    this.over = true;
    weather.failed = 0;
    weather.unanswered = 0;
    weather.down = false;
    weather.sick.clear();
    weather.deaf.clear();
    weather.doomed.clear();
    for (const worker of workers) this.#resume(worker);
    if (workers.length === 0) this.#simulation.spawn();
    this.#world.finish();
  }
}
