import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restateClient } from '../../runtime/engines/restate/index.ts';
import { loadPrograms } from './compile.ts';
import type { Program } from './harness.ts';
import { functionOf, type Modules, OUTPUT } from './load.ts';
import { plain } from './plain.ts';
import { programs } from './programs.ts';
import { MortalService } from './restate.ts';
import { DOOM, type Doom } from './restate-doom.ts';
import { freePort, RestateServer } from './restate-server.ts';
import { closeWorld, openWorld } from './world.ts';

// One thing after the other, with waits; and a race whose loser comes late, with timers.
const VICTIMS: readonly Program[] = programs.filter(({ fn }) => fn === 'loopWithWaits' || fn === 'lateLoser');
/** A death takes a while: every so many messages will do, unless the environment asks for all of them. */
const STRIDE = Number(process.env.ENGINE_STRIDE ?? 5);

let modules: Modules;
let server: RestateServer;
let counter = 0;

beforeAll(async () => {
  openWorld();
  modules = await loadPrograms('compiled');
  server = await RestateServer.start();
}, 60_000);
afterAll(async () => {
  await server?.stop();
  closeWorld();
});

describe.each(VICTIMS)('$fn', (program) => {
  let expected: unknown;
  // One address for all processes: the server carries all that was ever registered along, over each of its deaths.
  let port: number;
  beforeAll(async () => {
    expected = await (await (await plain.open('never')).start(program)).result();
    port = await freePort();
    const service = await MortalService.start({ port });
    await server.register(service.url);
    await service.close();
  }, 60_000);

  it.each(['service', 'server'] as const)(
    'gives the same when the %s is killed after any message',
    async (victim) => {
      for (let after = 1; ; after += STRIDE) {
        const { result, messages } = await runWith(program, port, after, victim);
        expect(result, `the ${victim} killed after message ${after}`).toEqual(expected);
        // It came to its end before that message: all of them were tried.
        if (messages < after) return expect(after, 'deaths').toBeGreaterThan(1);
      }
    },
    300_000,
  );
});

/** Runs the program once, with a death after so many messages between server and service, if there are as many. */
async function runWith(program: Program, port: number, after: number, victim: 'service' | 'server') {
  const file = join(OUTPUT, `doom-${process.pid}-${++counter}`);
  const doom: Doom = { file, after, ...(victim === 'server' && { pid: server.pid }) };
  const service = await MortalService.start({ port, environment: { [DOOM]: JSON.stringify(doom) } });
  const spared = new AbortController();
  const revived = server.revive(spared.signal);
  try {
    const client = restateClient(server.ingress, { patience: 30_000 });
    const handle = await client.start(functionOf(modules, program), [...program.args], {
      id: `kills-${process.pid}-${counter}`,
    });
    const result = await handle.result();
    const messages = readFileSync(file).length;
    if (victim === 'service' || messages < after) spared.abort();
    await revived;
    return { result, messages };
  } finally {
    spared.abort();
    await service.close();
    rmSync(file, { force: true });
  }
}
