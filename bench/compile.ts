import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transform } from 'use-durable/transformer';

const OUTPUT = fileURLToPath(new URL('../test/.tmp/bench/', import.meta.url));

/** Compiles a module of this folder with our own compiler and loads it; Node strips the types. */
export async function loadCompiled<Module>(name: string): Promise<Module> {
  const source = readFileSync(new URL(name, import.meta.url), 'utf8');
  const { code, diagnostics } = transform(source, { fileName: name });
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  mkdirSync(OUTPUT, { recursive: true });
  writeFileSync(OUTPUT + name, code);
  return (await import(pathToFileURL(OUTPUT + name).href)) as Module;
}
