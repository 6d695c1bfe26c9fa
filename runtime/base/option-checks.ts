import { MisuseError } from './errors.ts';
import { optionsNoObject, optionUnknown } from './messages/options.ts';

/**
 * A misspelt option would be left out without a word: a retry that never happens.
 *
 * @param where names the function in messages
 * @param names all that there are
 * @param internal names that messages leave out
 * @throws MisuseError if `options` is no object, or has an option of another name
 */
export function checkNames(
  where: string,
  options: unknown,
  names: readonly string[],
  internal: readonly string[] = [],
): void {
  if (typeof options !== 'object' || options === null) {
    throw new MisuseError(optionsNoObject(where, names.join(', ')));
  }
  for (const name of Object.keys(options)) {
    if (names.includes(name) || internal.includes(name)) continue;
    throw new MisuseError(optionUnknown(where, name, names.join(', ')));
  }
}
