import type { Mode } from './variants.ts';
import type { Status, Verdict } from './verdict.ts';

const STATUSES: readonly (readonly [Status, string])[] = [
  ['equal', 'compiled; passes like the plain code, after the same number of ticks'],
  [
    'equal failure',
    'compiled; fails with the same error as the plain code (a negative test, or one that needs a script)',
  ],
  ['refused', 'refused with a diagnostic (see below)'],
  ['unparsed', 'a syntax error for the TypeScript parser only; left unchanged'],
  ['syntax error', 'a syntax error, for Node too; left unchanged'],
  ['different ticks', 'same result after another number of ticks'],
  ['different', 'another result'],
];

/** The page about what was measured. */
export function report(verdicts: readonly Verdict[], commit: string, date: Date): string {
  const of = (mode: Mode): Verdict[] => verdicts.filter((verdict) => verdict.mode === mode);
  const count = (list: readonly Verdict[], status: Status): number =>
    list.filter((verdict) => verdict.status === status).length;
  const body = of('body');
  const directives = of('directives');
  const rows = STATUSES.map(
    ([status, text]) => `| ${text} | ${count(body, status)} | ${count(directives, status)} |`,
  );
  return `# Conformance

The compiler is run over the tests of asynchronous functions in [test262](https://github.com/tc39/test262), the conformance suite of
JavaScript. \`npm run conformance -- <checkout of test262> <its commit>\` does this and writes this page. It is not part of \`npm test\`.

Measured on ${date.toISOString().slice(0, 10)} with Node ${process.version}, test262 ${commit}.

- Tests: ${new Set(verdicts.map(({ path }) => path)).size} files of \`test/language/{expressions,statements,arguments-object}\` with \`async\` or \`await\` in
  their path. Of the tests of dynamic import, only those of the syntax.
- ${count(body, 'not applicable')} of them need sloppy mode or are modules themselves, and are not run.

The others are compiled as JavaScript and run twice, plain and compiled, with a runtime that records nothing. Both must end in the same
way, after the same number of turns of the microtask queue (*ticks*), which a chain of promises beside the test counts. Each test is
made durable in two ways:

- as a *body*: the whole test is the body of one durable function. This covers most, since every function, generator, class and loop of
  the test is workflow code;
- with *directives*: \`'use durable'\` is put into each async function where it is permitted (declarations, functions bound to a const,
  object literals, static methods), and the rest stays plain. Tests without such a function are left out.

| | body | directives |
| --- | ---: | ---: |
${rows.join('\n')}

## Refused

${refusals(body, directives)}

## Different

${differences(verdicts)}
`;
}

function refusals(body: readonly Verdict[], directives: readonly Verdict[]): string {
  const codes = new Map<string, { body: number; directives: number }>();
  for (const [mode, list] of [
    ['body', body],
    ['directives', directives],
  ] as const) {
    for (const { status, detail } of list) {
      if (status !== 'refused') continue;
      const counts = codes.get(detail) ?? { body: 0, directives: 0 };
      counts[mode]++;
      codes.set(detail, counts);
    }
  }
  const rows = [...codes]
    .sort()
    .map(([code, counts]) => `| ${code} | ${counts.body} | ${counts.directives} |`);
  return ['| diagnostics | body | directives |', '| --- | ---: | ---: |', ...rows].join('\n');
}

function differences(verdicts: readonly Verdict[]): string {
  const rows = verdicts.filter(({ status }) => status.startsWith('different'));
  if (rows.length === 0) return 'None.';
  return rows.map(({ path, mode, detail }) => `- \`${path}\` (${mode}): ${detail}`).join('\n');
}
