import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { durableProgram, isTyped, typedDiagnostics } from '../test/support/typed.ts';
import { type CatalogueEntry, catalogue, type Diagnostic } from '../transformer/base/diagnostics.ts';
import { formatDiagnostic } from '../transformer/base/reporter.ts';
import { transform } from '../transformer/index.ts';

/**
 * `npm run docs:diagnostics` writes `docs/diagnostics.md` from the catalogue of the compiler and the fixtures of its
 * tests, so that every example on the page is one that is tested.
 */
const FIXTURES = fileURLToPath(new URL('../test/diagnostics/', import.meta.url));

/** Where the page is. */
export const PAGE: string = fileURLToPath(new URL('diagnostics.md', import.meta.url));

/** Codes come in groups; each has one reason to exist. */
const GROUPS: readonly (readonly [prefix: string, title: string, why: string])[] = [
  [
    'UD1',
    'The directive',
    'After a restart a run is found by the id of its function and called again from its first line. So a durable ' +
      'function must be async, stand where it can be found, keep its name, and need nothing that only existed in the ' +
      'process that died.',
  ],
  [
    'UD2',
    'Code that cannot be made durable',
    'Compiled code must mean what the plain code means. Where the compiler cannot promise that, it says so instead of ' +
      'compiling something else.',
  ],
  [
    'UD3',
    'Steps and what is around them',
    'A replay runs the body of the function again, while recorded steps give their recorded results and do not run. ' +
      'So what the body does itself happens on every replay, and what a step does to variables of the body does not ' +
      'happen again.',
  ],
  [
    'UD4',
    'Values in the journal',
    'The results of steps, and the input and the result of a run, are written to the journal and read back: numbers, ' +
      'strings, plain objects and arrays, dates, maps, sets, typed arrays, URLs, errors, Requests and Responses, ' +
      'references to durable functions, instances of registered classes. The arguments of a step are not: they are ' +
      'handed over as they are, and made again by a replay. Only types tell what a value is, so these are reported ' +
      'through `tspc`, and where a type leaves it open nothing is.',
  ],
];

/** The text of the page. */
export function diagnosticsPage(): string {
  const entries = Object.values<CatalogueEntry>(catalogue).sort((a, b) => (a.code < b.code ? -1 : 1));
  const sections = GROUPS.map(([prefix, title, why]) => {
    const members = entries.filter(({ code }) => code.startsWith(prefix));
    return [`## ${title}`, why, ...members.map(entrySection)].join('\n\n');
  });
  const index = entries.map(
    ({ code, severity, message }) =>
      `| [${code}](#${code.toLowerCase()}) | ${severity} | ${cell(open(message))} |`,
  );
  return `${[
    '# Diagnostics',
    'Everything the compiler can report: what is wrong and what it would do at run time, what to write instead, and an ' +
      'example of each. Where an error is reported no function of the file is compiled, and each of its durable ' +
      'functions throws the error when it is called or started; a warning changes nothing. All mistakes of a file are reported, not only the first one. Through `tspc` a code such as UD1001 is shown as TS991001.',
    'This page is written by `npm run docs:diagnostics` from `transformer/base/diagnostics.ts` and ' +
      '`test/diagnostics/`; do not edit it.',
    ['| code | | message |', '| --- | --- | --- |', ...index].join('\n'),
    ...sections,
  ].join('\n\n')}\n`;
}

function entrySection({ code, severity, message, hint }: CatalogueEntry): string {
  const [folder] = readdirSync(FIXTURES).filter((name) => name.startsWith(`${code.toLowerCase()}-`));
  if (folder === undefined) throw new Error(`${code} has no fixture in test/diagnostics`);
  const wrong = read(folder, 'input');
  const right = read(folder, 'good');
  const [first] = diagnosticsOf(folder, wrong);
  if (first === undefined) throw new Error(`${folder}/${wrong.file} is not reported`);
  return [
    `### ${code}`,
    `*${severity}* ${open(message)}`,
    ...(hint === '{}' ? [] : [open(hint)]),
    'Reported:',
    block(wrong.language, wrong.text),
    ...(wrong.lock === undefined ? [] : ['With this `durable.lock.json`:', block('text', wrong.lock)]),
    'As in:',
    block('text', formatDiagnostic(first, wrong.text)),
    'Not reported:',
    block(right.language, right.text),
  ].join('\n\n');
}

function diagnosticsOf(folder: string, { file, text, lock }: Example): readonly Diagnostic[] {
  if (!isTyped(folder)) return transform(text, { fileName: file, lock }).diagnostics;
  const path = `${FIXTURES}${folder}/${file}`;
  return typedDiagnostics(durableProgram([path]), path);
}

interface Example {
  readonly file: string;
  readonly language: string;
  readonly text: string;
  /** The text of the lock beside it. */
  readonly lock: string | undefined;
}

function read(folder: string, name: string): Example {
  const file = readdirSync(FIXTURES + folder).find(
    (entry) => entry.startsWith(`${name}.`) && !entry.endsWith('.lock.json'),
  );
  if (file === undefined) throw new Error(`${folder} has no ${name} file`);
  const text = readFileSync(`${FIXTURES}${folder}/${file}`, 'utf8');
  const lock = `${FIXTURES}${folder}/${name}.lock.json`;
  return {
    file,
    language: file.slice(file.lastIndexOf('.') + 1),
    text,
    lock: existsSync(lock) ? readFileSync(lock, 'utf8') : undefined,
  };
}

/** A text whose holes are filled in where it is reported. */
const open = (text: string): string => text.replaceAll('{}', '…');

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** A fence that nothing in the text can close. */
function block(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const lines = text.trimEnd().split('\n');
  const clipped = lines.map((line) => (line.length > 160 ? `${line.slice(0, 160)} …` : line));
  return `${fence}${language}\n${clipped.join('\n')}\n${fence}`;
}

if (import.meta.main) writeFileSync(PAGE, diagnosticsPage());
