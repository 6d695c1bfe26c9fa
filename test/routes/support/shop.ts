/** What each application of `frameworks/` is to do: take an order, be killed in it, and go on. */
import { expect } from 'vitest';
import type { Project } from './project.ts';
import type { Server } from './server.ts';

/** Starts the server of an application. Its environment says where the store and the effects are, and where it dies. */
export type Serve = (env: Readonly<Record<string, string>>) => Promise<Server>;

/**
 * One request starts a run, the server is killed in a step of it, the next one resumes it by itself, and another
 * request completes its callback.
 *
 * @param project where the server runs
 */
export async function expectResumed(project: Project, serve: Serve): Promise<void> {
  const env = { STORE: project.path('runs.db'), EFFECTS: project.path('effects.log') };
  const effects = (): readonly string[] => project.read('effects.log').trim().split('\n');

  const first = await serve({ ...env, DIE_IN: 'pack book' });
  await first.ask('POST', '/orders?item=book').catch((error: unknown) => {
    // The answer may be cut off: the run is under way as soon as it is stored.
    if (!(error instanceof TypeError)) throw error;
  });
  expect(await first.death()).toBe('SIGKILL');
  expect(effects()).toEqual(['runtime', 'charge book', 'pack book']);

  const second = await serve(env);
  await second.until('the run asks for its approval', () => effects().length >= 6);
  const [, , token = ''] = effects().at(-1)!.split(' ');
  expect(effects().slice(3)).toEqual(['runtime', 'pack book', `ask book ${token}`]);
  expect(JSON.parse(await second.ask('GET', '/orders?item=book'))).toEqual({ status: 'running' });
  await second.ask('POST', `/approvals?token=${token}&by=ann`);
  await second.until('the run ends', () => effects().length >= 7);
  const result = 'paid book, shipped for ann';
  const get = (): Promise<string> => second.ask('GET', '/orders?item=book');
  await second.until('it is completed', async () => (await get()) !== '{"status":"running"}');
  expect(JSON.parse(await get())).toEqual({ status: 'completed', result });
  expect(effects().slice(6)).toEqual(['ship book ann']);
  await second.stop();
}
