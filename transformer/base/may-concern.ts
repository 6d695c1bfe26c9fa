/** Quick questions to the text of a file. Every host asks them of every file, so they load nothing. */

const DIRECTIVE = /["'`](?<!\b(?:from|import|import\(|require\()[ \t]*.)\s*use.?\s*dur/i;

/**
 * Whether a text may hold a directive, misspelt ones included; everything else leaves the compiler untouched. Imports of this
 * package are none.
 */
export const mayHoldDirective = (text: string): boolean => DIRECTIVE.test(text);

/** Whether a text may call `registerClass`, which the compiler names classes for. */
export const mayRegister = (text: string): boolean => text.includes('registerClass');

/** Whether there may be something to do in a file; every other one leaves the compiler untouched. */
export const mayConcern = (text: string): boolean => mayHoldDirective(text) || mayRegister(text);

/** That question as one pattern, for hosts that ask it themselves. It may let a few more files pass. */
export const CONCERNING = new RegExp(`${DIRECTIVE.source}|registerClass`, 'i');
