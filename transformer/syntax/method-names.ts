/**
 * Methods by name, for decisions that have only syntax. Each list is used only where a wrong guess is safe; the runtime checks
 * the function itself.
 */
const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** Put their arguments into a collection. */
export const ADDERS = words('push unshift splice add set fill with concat enqueue');

/** Of promises. */
export const CHAINERS = words('then catch finally');

/** Call their callback at once, in the workflow. */
export const HELPERS = words(
  'map filter forEach reduce reduceRight flatMap find findIndex findLast findLastIndex some every sort toSorted from ' +
    'fromAsync groupBy',
);

/** Of iterators. */
export const RESUMERS = words('next return throw');

/** Of strings, numbers and dates. Asynchronous functions don't have such names. */
export const FORMATTERS = words(
  'trim trimStart trimEnd padStart padEnd toUpperCase toLowerCase toFixed toPrecision toISOString toString ' +
    'toLocaleString toLocaleDateString toLocaleTimeString getTime valueOf charAt charCodeAt codePointAt startsWith ' +
    'endsWith localeCompare split replaceAll substring',
);

/** Change their receiver. */
export const MUTATORS = words(
  'push pop shift unshift splice sort reverse fill copyWithin set add delete clear append next return throw setTime ' +
    'setDate setFullYear setHours setMinutes setMonth setSeconds',
);

/** Of collections and strings, and rarely of anything else. They return something that was in the receiver. */
export const OF_COLLECTIONS = words(
  'map filter forEach reduce reduceRight flatMap find findIndex findLast findLastIndex some every sort toSorted groupBy push ' +
    'pop shift unshift splice reverse fill copyWithin slice concat join includes indexOf lastIndexOf flat at keys values ' +
    'entries toReversed toSpliced with',
);

/** Of collections; they only read. */
export const READERS = words(
  'map filter find findIndex some every reduce flatMap flat slice concat join includes indexOf at get has keys values ' +
    'entries toSorted toReversed with forEach length',
);
