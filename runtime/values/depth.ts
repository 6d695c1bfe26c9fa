/**
 * How deep a written value is. To read one takes a part of the stack for each level, and more of it in a process that has
 * just begun than in one that has been at work for long: what can just be written might never be read again.
 */

/** Levels, as devalue counts them: a built-in object with properties of its own is two or three. Half of what can be read. */
const MOST = 1_000;
/** The least number of characters of a level: `[1],`. */
const LEAST_LENGTH = 4;

/**
 * @param text the output of devalue: a list of values that refer to their parts by index, each after the value that contains it
 */
export function isTooDeep(text: string): boolean {
  if (text.length < MOST * LEAST_LENGTH) return false;
  const values = JSON.parse(text) as unknown;
  if (!Array.isArray(values)) return false;
  const depths = new Uint32Array(values.length);
  for (const [place, value] of values.entries()) {
    if (typeof value !== 'object' || value === null) continue;
    const depth = depths[place]! + 1;
    if (depth > MOST) return true;
    for (const part of Object.values(value)) {
      // Of all values that refer to a value, the one from which it was reached is the last before it, and the deepest.
      if (typeof part === 'number' && part > place && part < depths.length) depths[part] = depth;
    }
  }
  return false;
}
