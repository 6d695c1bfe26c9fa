import { sleep } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

// `AbortSignal.timeout` that is kept is a deadline of the run; one that is made for a step is that step's.

async function work(name: string, ms: number, signal?: AbortSignal): Promise<string> {
  effect(`work ${name}`);
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = setTimeout(() => resolve(name), ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

async function request(name: string, { signal }: { signal: AbortSignal }): Promise<string> {
  return work(name, 1, signal);
}

const said = (error: unknown): unknown =>
  error instanceof DOMException ? [error.name, error.message, error.code] : error;

export async function main(): Promise<unknown> {
  'use durable';
  const log: unknown[] = [];
  const patient = AbortSignal.timeout(60_000);
  log.push(patient.aborted, patient instanceof AbortSignal, await work('in time', 1, patient));
  log.push(await request('own', { signal: AbortSignal.timeout(5_000) }));
  log.push(await request('any', { signal: AbortSignal.any([patient, AbortSignal.timeout(5_000)]) }));

  const limit = AbortSignal.timeout(40);
  let rounds = 0;
  while (!limit.aborted) {
    rounds++;
    await sleep(15);
  }
  log.push(rounds > 0, said(limit.reason));
  try {
    limit.throwIfAborted();
  } catch (error) {
    log.push(said(error));
  }
  log.push(await work('too late', 1, limit).catch(said));

  const short = AbortSignal.timeout(5);
  let told = 0;
  short.addEventListener('abort', () => told++);
  const both = AbortSignal.any([patient, short]);
  log.push(await work('aborted', 10_000, both).catch(said), told, both.aborted, patient.aborted);

  const asked = async (signal: AbortSignal): Promise<unknown> => {
    await sleep(20);
    return [signal.aborted, await work('closure', 1, signal).catch(said)];
  };
  log.push(await asked(AbortSignal.timeout(5)));

  const last = AbortSignal.timeout(5);
  const never = new Promise<never>((_, reject) => last.addEventListener('abort', () => reject(last.reason)));
  log.push(await Promise.race([later(400, 'slow'), never]).catch(said));
  for (const wrong of [-1, 0.5, Number.NaN, 2 ** 32]) {
    try {
      AbortSignal.timeout(wrong);
    } catch (error) {
      log.push((error as Error).name);
    }
  }
  return log;
}
