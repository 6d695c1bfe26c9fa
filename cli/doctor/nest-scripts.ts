import type { Finding } from '../base/finding.ts';
import { inPackage, type Project } from '../project/project.ts';
import { swcFinding } from '../routes/nest-swc.ts';
import { lineOfCommand, scriptLine } from '../routes/script-uses.ts';

/** Scripts that choose the SWC builder of Nest. */
export const nestScriptFindings = (project: Project): readonly Finding[] =>
  project.packages.flatMap((one) =>
    one.commands
      .filter(({ program, text }) => program === 'nest' && /\s(?:-b|--builder)[= ]swc\b/.test(text))
      .map((command) =>
        swcFinding(
          inPackage(one, 'package.json'),
          lineOfCommand(one, command),
          scriptLine(one, command, command.text.replace(/(-b|--builder)([= ])swc\b/, '$1$2tsc')),
        ),
      ),
  );
