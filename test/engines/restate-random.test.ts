import { rmSync } from 'node:fs';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RestateClient, restateClient } from '../../runtime/engines/restate/index.ts';
import type { AnyFunction } from '../../runtime/functions/definition.ts';
import { shapes } from '../random/arbitrary.ts';
import { render } from '../random/render.ts';
import { emitPlain, emitThroughText, type Fixture, load } from '../support/fixtures.ts';
import { RestateServer } from './restate-server.ts';
import { serveSuspending } from './restate-suspending.ts';
import { closeWorld, happened, isEffect, openWorld, plainRun } from './world.ts';

/**
 * Random programs whose results don't depend on time mean on Restate what they mean plainly, though each of their waits
 * suspends them and they are called again from their first line. ENGINE_RANDOM says how many; RANDOM_SEED, which.
 */
const COUNT = Number(process.env.ENGINE_RANDOM ?? 25);
const { RANDOM_SEED = '20260801' } = process.env;
const SEED = RANDOM_SEED === 'fresh' ? Date.now() % 2 ** 31 : Number(RANDOM_SEED);

interface RandomProgram {
  readonly name: string;
  readonly source: string;
  readonly fixture: Fixture;
  readonly compiled: AnyFunction;
}

const programs: RandomProgram[] = [];
let server: RestateServer;
let service: Awaited<ReturnType<typeof serveSuspending>>;
let client: RestateClient;

beforeAll(async () => {
  openWorld();
  const sources = fc
    .sample(shapes, { numRuns: COUNT * 3, seed: SEED })
    .map(render)
    .filter(({ order }) => order !== 'free')
    .slice(0, COUNT);
  for (const { source } of sources) {
    const name = `random-restate-${process.pid}-${programs.length}`;
    const fixture: Fixture = { name, file: 'input.ts', folder: '', source };
    const { main } = await load(fixture, 'compiled', hasty(emitThroughText(fixture)));
    programs.push({ name, source, fixture, compiled: main as AnyFunction });
  }
  server = await RestateServer.start();
  service = await serveSuspending(Object.fromEntries(programs.map(({ name, compiled }) => [name, compiled])));
  await server.register(service.url);
  client = restateClient(server.ingress);
}, 120_000);
afterAll(async () => {
  await service?.close();
  await server?.stop();
  closeWorld();
  for (const { name } of programs) {
    rmSync(new URL(`../.tmp/${name}`, import.meta.url), { recursive: true, force: true });
  }
});

it(`mean on Restate what they mean plainly (${COUNT} of seed ${SEED})`, async () => {
  expect(programs.length).toBeGreaterThan(COUNT / 2);
  // Side by side, since they wait a lot.
  const effects = await Promise.all(
    programs.map(async ({ name, source, fixture, compiled }) => {
      const { main } = await load(fixture, 'plain', hasty(emitPlain(fixture)));
      const plain = await observe(name, () =>
        plainRun.run({ id: name }, async () => (main as AnyFunction)()),
      );
      const id = `${name}-run`;
      const handle = await client.start(compiled, [], { service: name, id });
      expect(await observe(id, () => handle.result()), `seed ${SEED}:\n${source}`).toEqual(plain);
      return plain.effects.length;
    }),
  );
  expect(Math.max(...effects), 'effects').toBeGreaterThan(0);
}, 300_000);

const hasty = (code: string): string =>
  code.replace(/'\.\.\/\.\.\/support\/effects\.ts'/g, "'../../engines/random-effects.ts'");

/** What a program comes to, and what it does to the world, in whichever order. */
async function observe(id: string, run: () => Promise<unknown>) {
  const [outcome] = await Promise.allSettled([run()]);
  const effects = happened(id)
    .filter(isEffect)
    .map(({ name }) => name)
    .sort();
  if (outcome.status === 'fulfilled' || !(outcome.reason instanceof Error)) return { outcome, effects };
  const { name, message } = outcome.reason;
  return { outcome: { name, message }, effects };
}
