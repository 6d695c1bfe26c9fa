/** Imports the programs of the contract as `compile.ts` wrote them; loads no compiler, so that processes start fast. */
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const OUTPUT: string = fileURLToPath(new URL('../.tmp/engines/', import.meta.url));

export type Kind = 'plain' | 'compiled';
/** The exports of each program file, by its name without extension; or why it has none. */
export type Modules = Readonly<Record<string, PromiseSettledResult<Readonly<Record<string, unknown>>>>>;

/** In the kind `compiled` all durable functions of the programs are defined after it. */
export async function importPrograms(kind: Kind): Promise<Modules> {
  const modules: Record<string, Modules[string]> = {};
  for (const file of globSync(`${OUTPUT}${kind}/*.mjs`)) {
    const [module] = await Promise.allSettled([import(/* @vite-ignore */ pathToFileURL(file).href)]);
    modules[basename(file, '.mjs')] = module;
  }
  return modules;
}

/** The durable function of a program. */
export function functionOf(
  modules: Modules,
  { module, fn }: { module: string; fn: string },
): DurableFunction {
  const loaded = modules[module];
  if (loaded?.status === 'rejected') throw loaded.reason;
  const found = loaded?.value[fn];
  if (typeof found !== 'function') throw new Error(`programs/${module}.ts exports no function "${fn}".`);
  return found as DurableFunction;
}

export type DurableFunction = (...args: unknown[]) => Promise<unknown>;
