import { step } from 'use-durable';

async function load(): Promise<{ seen: Set<string>; byName: Map<string, number> }> {
  return { seen: new Set(), byName: new Map() };
}

export async function main(): Promise<unknown> {
  'use durable';
  const state = await load();
  const { byName } = state;
  await step('collect', () => {
    state.seen.add('a');
    byName.set('a', 1);
  });
  const rest = byName.values();
  await step('next', () => rest.next().value);
  return [state.seen.size, byName];
}
