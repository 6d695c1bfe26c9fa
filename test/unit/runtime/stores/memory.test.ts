import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { memoryStore } from '../../../../runtime/stores/memory.ts';
import { storeContract } from './contract.ts';

storeContract('memory', memoryStore);

it('is called memory:', () => {
  expect(memoryStore().name).toBe('memory:');
});

it('does not load node:sqlite, nor does the file store before it is used', () => {
  const modules = ['memory', 'sqlite'].map(
    (name) => new URL(`../../../../runtime/stores/${name}.ts`, import.meta.url).href,
  );
  const code = `
    for (const m of ${JSON.stringify(modules)}) await import(m);
    (await import(${JSON.stringify(modules[0])})).memoryStore().create('r', { at: 1 }, { pid: process.pid });
    console.log(process.moduleLoadList.filter((m) => m.includes('sqlite')).join());`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  expect(child.stderr).toBe('');
  expect(child.stdout).toBe('\n');
});
