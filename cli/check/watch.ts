/** `check --watch`: the report again after each change. */
import { styled } from '../base/terminal.ts';
import { ProjectCompiler } from '../compile/compile-project.ts';
import { watchProject } from '../project/watch.ts';
import { reportOf } from './report.ts';

/**
 * Never ends by itself.
 *
 * @throws TypeScriptMissingError if no TypeScript is there that it can use
 */
export function watchReports(folder: string, json: boolean): Promise<never> {
  const compiler = new ProjectCompiler({ root: folder });
  let last: string | undefined;
  return watchProject(folder, {
    run(isCheck) {
      const text = attempt(compiler, json);
      if (!isCheck || text !== last) show(text, json);
      last = text;
    },
    folders: () => compiler.folders(),
  });
}

function attempt(compiler: ProjectCompiler, json: boolean): string {
  try {
    const report = reportOf(compiler.compile());
    return json ? JSON.stringify(report.json) : report.text;
  } catch (error) {
    // A file may go while it is read. The next change leads to another attempt.
    const { message } = error as Error;
    return json ? JSON.stringify({ failed: message }) : `${styled('red', 'error')}: ${message}`;
  }
}

function show(text: string, json: boolean): void {
  if (json) {
    console.log(text);
    return;
  }
  if (process.stdout.isTTY) console.clear();
  console.log(`${text}\n\nWaiting for changes. Ctrl+C ends it.\n`);
}
