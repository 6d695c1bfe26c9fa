import { existsSync, readFileSync, rmSync } from 'node:fs';
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
import { RestateServer } from './restate-server.ts';
import { openWorld } from './world.ts';

// One thing after the other, with waits; and a race whose loser comes late, with timers.
const VICTIMS: readonly Program[] = programs.filter(({ fn }) => fn === 'loopWithWaits' || fn === 'lateLoser');
/** A death takes a while: every so many messages will do, unless ENGINE_KILLS asks for all of them. */
const STRIDE = process.env.ENGINE_KILLS === undefined ? 7 : 1;

let modules: Modules;
let server: RestateServer;
let counter = 0;

beforeAll(async () => {
  openWorld();
  modules = await loadPrograms('compiled');
  server = await RestateServer.start();
}, 60_000);
afterAll(() => server?.stop());

describe.each(VICTIMS)('$fn', (program) => {
  let expected: unknown;
  /** Messages between server and service in a run that nobody disturbs. */
  let messages = 0;
  beforeAll(async () => {
    expected = await (await (await plain.open('never')).start(program)).result();
    const calm = await runWith(program, Number.POSITIVE_INFINITY);
    expect(calm.result).toEqual(expected);
    messages = calm.messages;
  }, 60_000);

  it('gives the same when the service is killed after any message', async () => {
    for (let after = 1; after <= messages; after += STRIDE) {
      const { result } = await runWith(program, after);
      expect(result, `killed after message ${after} of ${messages}`).toEqual(expected);
    }
  }, 300_000);

  it('gives the same when the server is killed after any message', async () => {
    for (let after = 1; after <= messages; after += STRIDE * 2) {
      const revived = revive(after <= messages);
      const { result } = await runWith(program, after, server.pid);
      expect(result, `server killed after message ${after} of ${messages}`).toEqual(expected);
      await revived;
    }
  }, 300_000);
});

/** Starts the server again once it is killed. */
async function revive(isDoomed: boolean): Promise<void> {
  if (!isDoomed) return;
  await server.exit;
  await server.start();
}

/** Runs the program once, with a death after so many messages. */
async function runWith(program: Program, after: number, pid?: number) {
  const file = join(OUTPUT, `doom-${process.pid}-${++counter}`);
  const doom: Doom = { file, after: Number.isFinite(after) ? after : -1, ...(pid !== undefined && { pid }) };
  const service = await MortalService.start(0, { [DOOM]: JSON.stringify(doom) });
  try {
    await server.register(service.url);
    const client = restateClient(server.ingress, { patience: 30_000 });
    const handle = await client.start(functionOf(modules, program), [...program.args], {
      id: `kills-${process.pid}-${counter}`,
    });
    const result = await handle.result();
    return { result, messages: existsSync(file) ? readFileSync(file).length : 0 };
  } finally {
    await service.close();
    rmSync(file, { force: true });
  }
}
