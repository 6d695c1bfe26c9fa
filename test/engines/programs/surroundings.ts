import { sleep } from 'use-durable';
import { work } from '../effects.ts';

/** What was read before a step is still the same after it, however often the body is called again. */
export async function clockAndChance(): Promise<unknown> {
  'use durable';
  const read = () => [
    Date.now(),
    new Date().toISOString(),
    Math.random(),
    crypto.randomUUID(),
    ...crypto.getRandomValues(new Uint8Array(4)),
  ];
  const before = read();
  const recorded = await work('records', before);
  await sleep(20);
  const between = read();
  const recordedLater = await work('records later', between);
  const after = read();
  const times = [before, between, after].flatMap(([now, date]) => [Number(now), Date.parse(String(date))]);
  return {
    same: [recorded, recordedLater].map((values, i) =>
      values.every((value, j) => value === [before, between][i]![j]),
    ),
    monotonic: times.every((time, i) => i === 0 || time >= times[i - 1]!),
    moved: times[5]! - times[0]! >= 10,
    inReality: times[0]! > Date.UTC(2024),
    different: new Set([before[2], between[2], after[2], before[3], between[3], after[3]]).size,
    uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(String(before[3])),
  };
}

export async function lines(): Promise<unknown> {
  'use durable';
  console.log('line: before');
  const value = await work('first', 1);
  console.log('line: after', value);
  await sleep(1);
  for (let i = 0; i < 2; i++) {
    console.log(`line: loop ${i}`);
    await work(`loop ${i}`, i);
  }
  console.log('line: end');
  return value;
}
