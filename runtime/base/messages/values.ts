/** Texts of errors about values in the journal. */

export const classNameFromMinifier = (name: string): string =>
  `registerClass: the class is called "${name}" at run time, which a minifier may have named it, and may name another ` +
  `class in the next build. Give it an id: registerClass(TheClass, { id: 'the-class' }), or let use-durable compile the file.`;

export const classIdTaken = (id: string, first: string | undefined, second: string, name: string): string =>
  `registerClass: two classes are registered as "${id}": ${first} and ${second}. Give ` +
  `one of them an id of its own: registerClass(${name}, { id: 'another-id' }).`;

export const classMissing = (): string => 'registerClass: the first argument must be a class.';

export const classWithoutName = (): string =>
  "registerClass: the class has no name; give it an id: { id: 'my-class' }.";

export const codecIncomplete = (id: string): string =>
  `registerClass: "${id}" has only one of encode and decode; each needs the other.`;

export const symbolUnknown = (key: string): string => `there is no Symbol.${key}`;

export const builtinKindUnknown = (tag: string): string => `unknown builtin ${tag}`;

export const privateMembersMissing = (key: string, name: string): string =>
  `"${key}" of ${name} needs private members, which the journal can't hold: this instance came out of it without them. Keep what ` +
  `it needs in an ordinary property, or give the class [Symbol.for('use-durable.encode')]() and ` +
  `static [Symbol.for('use-durable.decode')](data).`;

export const kindUnknown = (kind: string): string => `unknown kind ${kind}`;

export const classNotRegistered = (id: unknown): string =>
  `The journal holds an instance of the class "${id}", which is not registered in this process. Call ` +
  `registerClass() for it before the run is started or recovered; if it was renamed, with { id: "${id}" }.`;

export const decodeThrew = (id: string): string =>
  `The decode of the class "${id}" threw while a journal was read. It must read all data that its encode ` +
  `ever wrote.`;

export const referenceNotLoaded = (id: string): string =>
  `The journal holds a reference to the durable function "${id}", which this process has not loaded. Import the ` +
  `module that defines it first.`;

export const valueRefused = (what: string, path: string, fault: string): string =>
  `The ${what} can't be written to the journal: ${path} ${fault}`;

export const valueUnreadable = (why: string, start: string): string =>
  `A value in the journal can't be read: ${why}. It starts with ${start}.`;

export const valueThrewWhenRead = (what: string, thrown: string): string =>
  `The ${what} can't be written to the journal: it threw while it was read (${thrown}).`;

export const valueTooLarge = (what: string, why: string): string =>
  `The ${what} can't be written to the journal: ${why}. Keep it somewhere else, in a file or a table, and pass where ` +
  `it is.`;
