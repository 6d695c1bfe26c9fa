import { readProject } from '../project/project.ts';
import { examine } from './examine.ts';
import { print } from './print.ts';

export interface DoctorOptions {
  readonly json?: boolean;
}

/**
 * Prints what is compiled in a project, by what, and what isn't.
 *
 * @returns the exit code: 1 if there are errors or warnings
 * @throws NoProjectError if the folder holds no `package.json`
 */
export function doctor(folder: string, { json = false }: DoctorOptions): number {
  const project = readProject(folder);
  const { files, uses, findings } = examine(project);
  const name = project.packages[0]!.manifest.name ?? 'This project';
  if (json) {
    const report = {
      project: name,
      files: files.map(({ file, line, functions, by }) => ({
        file,
        line,
        functions: functions.map(({ id, version }) => ({ id, version })),
        compiledBy: by.map(placeOf),
      })),
      tools: uses.map((use) => ({ ...placeOf(use), entry: use.route.entry, compiles: use.has })),
      findings,
    };
    console.log(JSON.stringify(report, null, 2));
  } else console.log(print({ files, uses, findings }, name));
  return findings.some(({ severity }) => severity !== 'note') ? 1 : 0;
}

const placeOf = ({ route, file, line }: ReturnType<typeof examine>['uses'][number]): object => ({
  tool: route.tool,
  file,
  line,
});
