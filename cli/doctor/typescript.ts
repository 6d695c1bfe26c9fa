import type { Finding } from '../base/finding.ts';
import { COMPANION } from '../base/typescript.ts';
import { lineAt } from '../edit/edits.ts';
import { installCommand, type Project } from '../project/project.ts';
import type { Use } from '../routes/use.ts';

/** The oldest one that the compiler works with. */
const OLDEST = [6, 0, 3] as const;

/** Whether a version is the oldest one or a later one; of a prerelease the numbers count. */
function isRecent(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number);
  const [first, second, third] = OLDEST;
  if (major !== first) return major > first;
  return minor !== second ? minor > second : patch >= third;
}

/** The package that has to be installed so that the compiler finds a TypeScript; undefined if it does. */
export function typescriptToInstall({ typescript: { version, api } }: Project): string | undefined {
  if (version === undefined) return api === undefined ? 'typescript@6' : undefined;
  if (!isRecent(version)) return 'typescript@6';
  return api === undefined ? COMPANION : undefined;
}

export function typescriptFindings(project: Project, uses: readonly Use[]): readonly Finding[] {
  const { version, api } = project.typescript;
  const text = project.packages[0]!.text;
  const at = text.search(/"typescript"\s*:/);
  const place = { file: 'package.json', line: at === -1 ? 1 : lineAt(text, at) };
  const needed = typescriptToInstall(project);
  if (needed !== undefined)
    return [
      {
        ...place,
        code: version === undefined ? 'typescript-missing' : 'typescript-version',
        severity: 'error',
        message:
          version === undefined
            ? 'The compiler of durable functions needs TypeScript 6, and none is installed.'
            : `TypeScript ${version} is installed. The compiler of durable functions needs ${isRecent(version) ? 'TypeScript 6 beside it' : `at least ${OLDEST.join('.')}`}.`,
        change: installCommand(project.folder, [needed], 'dev'),
      },
    ];
  const withTspc = uses.find(({ route, has }) => route.kind === 'compiler' && has);
  if (version === undefined || api?.version === version || withTspc === undefined) return [];
  return [
    {
      file: withTspc.file,
      line: withTspc.line,
      code: 'typescript-version',
      severity: 'error',
      message: `tspc is the compiler of ts-patch, which works with TypeScript 6; version ${version} is installed.`,
      change: installCommand(project.folder, ['typescript@6'], 'dev'),
    },
  ];
}
