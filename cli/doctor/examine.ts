import type { Finding, Severity } from '../base/finding.ts';
import { type DurableFile, durableFilesOf } from '../project/durable-files.ts';
import type { Project } from '../project/project.ts';
import { usesIn } from '../routes/find-uses.ts';
import type { Use } from '../routes/use.ts';
import { copiesOf } from './copies.ts';
import { nestScriptFindings } from './nest-scripts.ts';
import { outputFindings } from './outputs.ts';
import { typescriptFindings } from './typescript.ts';

/** What `doctor` knows of a project. */
export interface Examination {
  readonly files: readonly ExaminedFile[];
  readonly uses: readonly Use[];
  readonly findings: readonly Finding[];
}

export interface ExaminedFile extends DurableFile {
  /** The tools that compile it. */
  readonly by: readonly Use[];
}

const ORDER: readonly Severity[] = ['error', 'warning', 'note'];

export function examine(project: Project): Examination {
  const uses = project.packages
    .flatMap((one) => usesIn(project, one))
    .filter(({ route }) => route.kind !== 'lint');
  const files = durableFilesOf(project).map((file) => ({
    ...file,
    by: uses.filter(({ has, covers }) => has && covers(file.file)),
  }));
  const findings = [
    ...typescriptFindings(project, uses),
    ...copiesOf(project),
    ...nestScriptFindings(project),
    ...uses.flatMap((use) => findingsOf(use, files)),
    ...files.flatMap((file) => findingsOfFile(file, uses)),
    ...outputFindings(project, files),
  ];
  findings.sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  return { files, uses, findings };
}

/** What the use of a tool lacks counts where it has durable functions to compile. */
function findingsOf(use: Use, files: readonly ExaminedFile[]): readonly Finding[] {
  const covered = files.filter(({ file }) => use.covers(file));
  if (use.has) return use.findings.filter(({ code }) => covered.length > 0 || code !== 'tsx-commonjs');
  if (covered.length === 0) return [];
  const { file, line, change, without } = use;
  // A program that no hook can help needs another way, not a hook.
  const hopeless = use.findings.filter(({ severity }) => severity === 'error');
  if (hopeless.length > 0) return hopeless;
  // Where its entries lead to a file it builds it, whatever other tools do.
  const alone = covered.filter(({ by }) => by.length === 0 || use.isFollowed);
  const names = (alone.length > 0 ? alone : covered).map((one) => one.file);
  const message =
    alone.length > 0
      ? `${without}: ${shortened(names)}.`
      : `${without}: ${shortened(names)}. Another tool compiles them, so this matters only where this one builds them too.`;
  return [{ file, line, code: 'no-plugin', severity: alone.length > 0 ? 'error' : 'note', message, change }];
}

function findingsOfFile({ file, line, errors }: ExaminedFile, uses: readonly Use[]): readonly Finding[] {
  const refused = errors.map(
    (error): Finding => ({
      file,
      line: error.line,
      code: 'refused',
      severity: 'error',
      message: `${error.code}: ${error.message}`,
      change: error.hint === '' ? `See ${error.help}` : error.hint,
    }),
  );
  if (uses.some(({ covers }) => covers(file))) return refused;
  return [
    ...refused,
    {
      file,
      line,
      code: 'not-covered',
      severity: 'error',
      message:
        'No build tool that was found compiles this file. Its durable functions throw a NotCompiledError when they are started.',
      change: 'npx use-durable init, or a recipe of docs/routes.md',
    },
  ];
}

/** How many names a sentence has. */
const NAMES = 3;

const shortened = (names: readonly string[]): string =>
  names.length <= NAMES
    ? names.join(', ')
    : `${names.slice(0, NAMES).join(', ')} and ${names.length - NAMES} more`;
