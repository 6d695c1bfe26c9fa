/** Texts of errors about attributes of runs. */

export const attributesNoObject = (where: string): string =>
  `${where}: attributes are an object, such as { customer: 'c-1', total: 12 }.`;

export const attributeNameInvalid = (where: string, name: string): string =>
  `${where}: "${name.slice(0, 80)}" can't be the name of an attribute. A name has 1 to 64 letters, digits, "_", "." and "-", with a ` +
  'letter first.';

export const attributeValueInvalid = (where: string, name: string): string =>
  `${where}: the attribute "${name}" must be a text, a finite number, true, false or a valid Date.`;

export const attributeTextInvalid = (where: string, name: string): string =>
  `${where}: the attribute "${name}" has half of a character or a NUL in its text, which not every store can keep.`;

export const attributeTextTooLong = (where: string, name: string, length: number, most: number): string =>
  `${where}: the attribute "${name}" has ${length} characters, and at most ${most} are kept. Attributes are for finding runs; ` +
  'setState() keeps more.';

export const tooManyAttributes = (where: string, count: number, most: number): string =>
  `${where}: the run would have ${count} attributes, and ${most} at most are kept.`;
