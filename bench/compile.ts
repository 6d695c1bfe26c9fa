import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transform } from 'use-durable/transformer';

const OUTPUT = fileURLToPath(new URL('../test/.tmp/bench/', import.meta.url));

/** Compiles a module of this folder with our own compiler; gives the address of what came of it. */
export function compile(name: string): string {
  const source = readFileSync(new URL(name, import.meta.url), 'utf8');
  const { code, diagnostics } = transform(source, { fileName: name });
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  mkdirSync(OUTPUT, { recursive: true });
  writeFileSync(OUTPUT + name, code);
  return pathToFileURL(OUTPUT + name).href;
}

/** Compiles such a module and loads it; Node strips the types. */
export async function loadCompiled<Module>(name: string): Promise<Module> {
  return (await import(compile(name))) as Module;
}

let programs: Promise<typeof import('./programs.ts')> | undefined;

/** The functions of `programs.ts`, compiled once. */
export function loadPrograms(): Promise<typeof import('./programs.ts')> {
  programs ??= loadCompiled('programs.ts');
  return programs;
}
