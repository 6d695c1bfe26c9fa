/** The commands in the scripts of a `package.json`. */

export interface Command {
  /** The name of the script. */
  readonly script: string;
  /** As it is written in the script, without what is before the program. */
  readonly text: string;
  /** The name of the program, without its path: `vite`. */
  readonly program: string;
  readonly args: readonly string[];
  /** What is before the program: other programs, and variables of the environment. */
  readonly before: string;
}

/** What starts another program: `npx tsx`, `cross-env A=1 node`, `pnpm exec vite`. */
const STARTERS =
  /^(?:(?:npx|bunx|cross-env|env|exec|dotenv|dotenvx)\s+(?:-\S+\s+)*|(?:pnpm|yarn|npm)\s+exec\s+(?:--\s+)?|pnpm\s+dlx\s+|\w+=(?:"[^"]*"|'[^']*'|\S)*\s+|--\s+)/;

export function commandsOf(scripts: Readonly<Record<string, string>>): readonly Command[] {
  return Object.entries(scripts).flatMap(([script, line]) =>
    partsOf(line).flatMap((part) => {
      const whole = part.trim();
      let text = whole;
      while (STARTERS.test(text)) text = text.replace(STARTERS, '');
      const [program, ...args] = wordsOf(text);
      if (program === undefined) return [];
      const name = program.replace(/^.*[\\/]/, '').replace(/\.cmd$/, '');
      return [{ script, text, program: name, args, before: whole.slice(0, whole.length - text.length) }];
    }),
  );
}

/** Parts between `&&`, `||`, `;`, `|` and `&`, which don't count in quotes; a quoted command of a starter is a part of its own. */
function partsOf(script: string): readonly string[] {
  const parts = [''];
  let quote = '';
  for (const character of script) {
    if (quote === '' && /[&|;]/.test(character)) parts.push('');
    else {
      if (character === quote) quote = '';
      else if (quote === '' && /["']/.test(character)) quote = character;
      parts.push(parts.pop()! + character);
    }
  }
  return parts.flatMap((part) =>
    /^\s*(concurrently|run-[ps]|npm-run-all)\b/.test(part) ? quotedIn(part) : [part],
  );
}

const quotedIn = (text: string): readonly string[] =>
  [...text.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, double, single]) => double ?? single ?? '');

const wordsOf = (text: string): readonly string[] =>
  [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
