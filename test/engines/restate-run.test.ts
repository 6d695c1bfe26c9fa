import { afterAll, beforeAll, expect, it } from 'vitest';
import { GREETED, runGreet } from '../process/examples/run.ts';
import { RestateServer } from './restate-server.ts';

let server: RestateServer | undefined;
beforeAll(async () => {
  server = await RestateServer.start();
});
afterAll(() => server?.stop());

it('examples/run.ts --engine restate', async () => {
  const env = { RESTATE_INGRESS: server!.ingress, RESTATE_ADMIN: server!.admin };
  expect(await runGreet('restate', 'Ada', { env })).toMatchObject({ status: 0, output: GREETED });
  const { status, errors } = await runGreet('restate', 'nobody', { env });
  expect(status).toBe(1);
  expect(errors).toContain('RangeError: nobody is here');
});
