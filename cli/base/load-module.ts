import { createRequire } from 'node:module';
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A module can't be loaded: there is none, it has errors, or its own code threw. */
export class ModuleError extends Error {
  override readonly name = 'ModuleError';
}

/**
 * Loads a module of the project. Its code at the top level is executed. TypeScript is compiled on the way.
 *
 * Rejects with ModuleError.
 *
 * @param file relative to the working directory
 */
export async function loadModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  const path = resolve(file);
  try {
    if (/\.[cm]?tsx?$/.test(path)) await import('../../transformer/hosts/register.ts');
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new ModuleError(`${relative(process.cwd(), path)} can't be loaded: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * Loads what has to come before the modules of the project, such as `use-durable/tsx`.
 *
 * Rejects with ModuleError.
 *
 * @param name a package, or a path relative to the working directory
 */
export async function loadFirst(name: string): Promise<void> {
  let path: string;
  try {
    path = createRequire(resolve('package.json')).resolve(name);
  } catch (error) {
    throw new ModuleError(`--import ${name}: ${firstLine(error)}`, { cause: error });
  }
  await loadModule(path);
}

/** Errors of the compiler are a text for people already; for all others it matters where they come from. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isMissing = Reflect.get(error, 'code') === 'ERR_MODULE_NOT_FOUND';
  return error instanceof SyntaxError || isMissing ? error.message : (error.stack ?? error.message);
}

const firstLine = (error: unknown): string => (error as Error).message.split('\n', 1)[0]!;
