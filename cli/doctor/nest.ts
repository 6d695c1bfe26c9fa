import { basename } from 'node:path/posix';
import type { Finding } from '../base/finding.ts';
import { lineAt } from '../edit/edits.ts';
import { inPackage, type Project } from '../project/project.ts';
import { lineOfCommand } from '../routes/script-uses.ts';

/** The SWC builder of Nest's command takes no plugins of TypeScript. */
export function nestFindings(project: Project): readonly Finding[] {
  const configured = project.files
    .filter((file) => /^nest-cli\.json$/.test(basename(file)))
    .flatMap((file) => {
      const text = project.read(file);
      const found = /"builder"\s*:\s*(?:\{\s*"type"\s*:\s*)?"swc"/.exec(text);
      return found === null ? [] : [finding(file, lineAt(text, found.index), '"builder": "tsc"')];
    });
  const started = project.packages.flatMap((one) =>
    one.commands
      .filter(({ program, text }) => program === 'nest' && /\s(?:-b|--builder)[= ]swc\b/.test(text))
      .map((command) =>
        finding(
          inPackage(one, 'package.json'),
          lineOfCommand(one, command),
          `"${command.script}": ${JSON.stringify(command.text.replace(/(-b|--builder)([= ])swc\b/, '$1$2tsc'))}`,
        ),
      ),
  );
  return [...configured, ...started];
}

const finding = (file: string, line: number, change: string): Finding => ({
  file,
  line,
  code: 'nest-swc',
  severity: 'error',
  message: 'The SWC builder of Nest takes no plugins: durable functions are built as plain code.',
  change,
});
