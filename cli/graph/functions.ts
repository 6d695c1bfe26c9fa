import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { FunctionFlow } from '../../runtime/tools.ts';
import { readFlow } from '../../runtime/tools.ts';
import { fileIdOf } from '../../transformer/base/file-id.ts';
import { compile } from '../../transformer/compile.ts';
import { NothingToDrawError } from './nothing-to-draw.ts';

export interface DrawnFunction {
  readonly id: string;
  readonly version: string;
  readonly flow: FunctionFlow;
}

/**
 * The durable functions of a file, or the one that is named.
 *
 * @param text in place of what is on disk
 * @throws NothingToDrawError
 */
export function functionsOf(file: string, name?: string, text = readSource(file)): readonly DrawnFunction[] {
  const path = resolve(file);
  const { manifests, diagnostics } = compile(
    text,
    { fileName: relative(process.cwd(), path), fileId: fileIdOf(path) },
    'none',
  );
  const functions = [...manifests].flatMap(([id, manifest]): DrawnFunction[] => {
    const flow = readFlow({ fn: id, file, ...manifest });
    return flow === undefined ? [] : [{ id, version: manifest.version, flow }];
  });
  if (functions.length === 0) {
    const [error] = diagnostics;
    throw new NothingToDrawError(
      error === undefined ? `${file} has no durable function.` : `${file}:${error.line}: ${error.message}`,
    );
  }
  if (name === undefined) return functions;
  const found = functions.filter(({ id }) => id === name || nameOf(id) === name);
  if (found.length > 0) return found;
  const names = functions.map(({ id }) => nameOf(id)).join(', ');
  throw new NothingToDrawError(`${file} has no durable function "${name}". It has ${names}.`);
}

/** Without the file. */
export const nameOf = (id: string): string => id.slice(id.indexOf('#') + 1);

function readSource(file: string): string {
  if (!existsSync(file)) throw new NothingToDrawError(`There is no file ${file}.`);
  return readFileSync(file, 'utf8');
}
