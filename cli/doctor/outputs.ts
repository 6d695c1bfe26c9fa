/** Whether what is built is what the sources say. */
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { mayHoldDirective } from '../../transformer/base/may-concern.ts';
import type { Finding } from '../base/finding.ts';
import { lineAt } from '../edit/edits.ts';
import type { DurableFile } from '../project/durable-files.ts';
import { inPackage, type Project } from '../project/project.ts';

/** Where tools write by default. */
const FOLDERS = ['dist', 'build', 'out', 'lib', '.output', '.next/server'];

/** Bundles may be large, and reading all of them isn't worth it. */
const MOST_FILES = 5_000;

interface Table {
  readonly id: string;
  readonly version: string;
  readonly line: number;
}

/** Compares the tables of compiled code, whoever built it, with the functions of the sources. */
export function outputFindings(project: Project, files: readonly DurableFile[]): readonly Finding[] {
  const sources = new Map(
    files.flatMap(({ file, functions }) =>
      functions.flatMap(({ id, version }) =>
        version === undefined ? [] : [[id, { file, version }] as const],
      ),
    ),
  );
  return outputsOf(project).flatMap((output) => {
    const text = project.read(output);
    const tables = tablesIn(text);
    if (tables.length === 0) return plainOutput(output, text);
    const stale = tables.flatMap((table): Finding[] => {
      const source = sources.get(table.id);
      if (source === undefined || source.version === table.version) return [];
      return [
        {
          file: output,
          line: table.line,
          code: 'stale-output',
          severity: 'warning',
          message: `${table.id} was built from an earlier version of ${source.file}.`,
          change: 'Build again.',
        },
      ];
    });
    return stale;
  });
}

function outputsOf(project: Project): readonly string[] {
  const tracked = new Set(project.files);
  return project.packages.flatMap((one) =>
    FOLDERS.map((folder) => inPackage(one, folder))
      .filter((folder) => existsSync(join(project.folder, folder)))
      .flatMap((folder) =>
        globSync(`${folder}/**/*.{js,mjs,cjs}`, {
          cwd: project.folder,
          exclude: (name) => name === 'node_modules',
        }).slice(0, MOST_FILES),
      )
      .map((file) => file.replaceAll('\\', '/'))
      // A source folder may have such a name.
      .filter((file) => !tracked.has(file)),
  );
}

const QUOTED = '(?:"[^"\\n]*"|\'[^\'\\n]*\'|`[^`\\n]*`)';
const ENTRY = `["']?\\w+["']?\\s*:\\s*(?:${QUOTED}|[\\d.e]+)\\s*,\\s*`;

/** The beginning of a table, as it is written, formatted or minified: entries from the id to the version. */
const TABLE = new RegExp(
  `\\{\\s*["']?id["']?\\s*:\\s*(${QUOTED})\\s*,\\s*((?:${ENTRY}){3,6}?)["']?version["']?\\s*:\\s*(${QUOTED})`,
  'g',
);

const tablesIn = (text: string): readonly Table[] =>
  [...text.matchAll(TABLE)]
    .filter(([, , entries]) => /\bfile\b/.test(entries!))
    .map((found) => ({
      id: found[1]!.slice(1, -1),
      version: found[3]!.slice(1, -1),
      line: lineAt(text, found.index),
    }));

/** A directive that stands in a line of its own, in code without any table. */
const DIRECTIVE = /^\s*(['"])use durable\b[^'"\n]*\1;?\s*$/m;

function plainOutput(file: string, text: string): readonly Finding[] {
  const found = mayHoldDirective(text) && !/use-durable\/compiled/.test(text) ? DIRECTIVE.exec(text) : null;
  if (found === null) return [];
  const at = found.index + found[0].search(/\S/);
  return [
    {
      file,
      line: lineAt(text, at),
      code: 'plain-output',
      severity: 'error',
      message: 'This output has a durable function as plain code: it was built without the plugin.',
      change: 'Add the plugin to the build, and build again.',
    },
  ];
}
