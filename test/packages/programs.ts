import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Ways to compile a program, each with a folder beside this file. */
export const KINDS = ['plain', 'text', 'tspc'] as const;
export type Kind = (typeof KINDS)[number];

/** What was reported of each program. */
export const REPORT = here('.tspc/reported.json');

export interface Source {
  /** `clients-pg`, `good-code-orders`. */
  readonly name: string;
  readonly file: string;
}

export interface Program {
  main(...args: unknown[]): Promise<unknown>;
  open?(): Promise<unknown>;
  /** Before it is run. */
  reset?(): Promise<unknown>;
  /** What it has done to a database. */
  outside?(): Promise<unknown>;
  close(): Promise<unknown>;
}

/** The programs of these folders. */
export function sources(...folders: readonly string[]): Source[] {
  return (folders.length > 0 ? folders : ['clients', 'good-code']).flatMap((folder) =>
    readdirSync(here(folder)).map((file) => ({
      name: `${folder}-${file.replace(/\.ts$/, '')}`,
      file: here(`${folder}/${file}`),
    })),
  );
}

export async function load(name: string, kind: Kind): Promise<Program> {
  return (await import(/* @vite-ignore */ pathToFileURL(here(`.${kind}/${name}.mjs`)).href)) as Program;
}

export const reportedOf = (name: string): readonly string[] =>
  (JSON.parse(readFileSync(REPORT, 'utf8')) as Record<string, string[]>)[name] ?? ['it was not compiled'];
