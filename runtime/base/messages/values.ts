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

/** What is wrong with a value. These texts follow its path. */

export const aSymbolAsKey = (symbol: string): string =>
  `has a symbol as a key, ${symbol}. Symbols have no meaning in another process; use a string, or Symbol.for().`;

export const encodingInItself = (what: string): string =>
  `holds ${what} whose own encoding leads back to it. Encode it without.`;

export const notOnlyProperties = (what: string, builtin: string): string =>
  `is ${what}, and the contents of a ${builtin} are not properties. Give registerClass() an encode and a decode for it.`;

export const aResizableBuffer = (): string => 'is a resizable ArrayBuffer. Return a slice() of it.';

export const aBuiltinWithMore = (what: string): string =>
  `is ${what} with properties of its own, or a frozen one. Return it without.`;

export const notCarried = (what: string, advice: string): string => `is ${what}. ${advice}`;

export const aPromise = (): string => 'is a promise. Await it first.';

export const bodyUnreadable = (cause: unknown): string => `holds a body that can't be read (${cause}).`;

export const tooLargeForText = (): string =>
  'is too large. Keep it somewhere else, in a file or a table, and pass where it is.';

export const threwWhenRead = (thrown: string): string => `threw while it was read (${thrown}).`;

export const tooDeep = (): string => 'is nested too deeply. Flatten it, for example to a list.';

/** What to do instead of passing a value. */

export const plainData = (verb: 'Return' | 'Throw' | 'Pass'): string => `${verb} plain data.`;

export const plainDataOrClass = (verb: 'Return' | 'Throw' | 'Pass'): string =>
  `${verb} plain data, or register the class with registerClass().`;

export const awaitFirst = (): string => 'Await it first.';

/** What a value is. */

export const A_SYMBOL = 'a symbol';

export const A_FUNCTION = 'a function';

export const A_NAMELESS_OBJECT = 'an object of a nameless class';

export const AN_OBJECT_WITHOUT_DATA = 'an object without data';

export const theClass = (name: string): string => `the class ${name}`;

export const theMethodsOf = (name: string): string => `the methods of ${name}`;

export const aListWith = (what: string): string => `a list with ${what} in it`;

export const UNDER_A_SYMBOL = 'under a symbol of this process';

export const A_THROWING_GETTER = 'a getter that threw';

export const A_THROWING_OBJECT = 'an object that threw when it was read';

export const NESTED_TOO_DEEPLY = 'nested too deeply';

export const AN_OBJECT_DEEP_INSIDE = 'an object, deep in an instance';

export const deepInside = (what: string): string => `${what}, deep in an instance`;

export const tooManyCharacters = (count: number): string => `${count} characters, too many in an instance`;
