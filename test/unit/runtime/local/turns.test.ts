import { describe, expect, it } from 'vitest';
import { nextTurn } from '../../../../runtime/local/time/macrotask-queue.ts';

describe('turns', () => {
  it('come in the order in which they were asked for, each after all microtasks of the one before', async () => {
    const seen: string[] = [];
    await new Promise<void>((resolve) => {
      for (let index = 0; index < 50; index++) {
        nextTurn(() => {
          seen.push(`turn ${index}`);
          process.nextTick(() => seen.push(`tick ${index}`));
          void (async () => {
            for (let hop = 0; hop < 20; hop++) await null;
            seen.push(`end ${index}`);
            if (index === 49) resolve();
          })();
        });
      }
    });
    const expected = Array.from({ length: 50 }, (_, index) => [`turn ${index}`, `end ${index}`]);
    expect(seen.filter((line) => !line.startsWith('tick'))).toEqual(expected.flat());
    for (let index = 0; index < 49; index++) {
      expect(seen.indexOf(`tick ${index}`)).toBeLessThan(seen.indexOf(`turn ${index + 1}`));
    }
  });

  it('are asked for in turns without an end, and timers come all the same', async () => {
    let going = true;
    const again = (): void => {
      if (going) nextTurn(again);
    };
    nextTurn(again);
    await new Promise((resolve) => setTimeout(resolve, 1));
    going = false;
  });

  it('that take long let others go first', async () => {
    const seen: string[] = [];
    await new Promise<void>((resolve) => {
      for (let index = 0; index < 3; index++) {
        nextTurn(() => {
          seen.push(`turn ${index}`);
          if (index === 0) setImmediate(() => seen.push('other'));
          for (const end = performance.now() + 5; performance.now() < end; );
          if (index === 2) resolve();
        });
      }
    });
    expect(seen).toEqual(['turn 0', 'other', 'turn 1', 'turn 2']);
  });

  it('go on after one that throws', async () => {
    const thrown: unknown[] = [];
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => thrown.push(error.message));
    try {
      await new Promise<void>((resolve) => {
        nextTurn(() => {
          throw new Error('no');
        });
        nextTurn(() => resolve());
      });
    } finally {
      for (const listener of others) process.on('uncaughtException', listener);
    }
    expect(thrown).toEqual(['no']);
  });
});
