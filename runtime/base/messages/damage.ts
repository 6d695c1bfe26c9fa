/** What is wrong with a journal, an event or a file. Most of these texts follow the name of what is wrong. */

/** @param fault one of the texts about an event */
export const eventFault = (place: unknown, fault: string): string => `event ${place} ${fault}`;

export const eventNoObject = (): string => 'is no event';

export const eventTypeUnknown = (type: string): string =>
  `has the type ${type}, which this use-durable doesn't know; it may have been written by a newer one`;

export const eventFieldMissing = (field: string): string => `has no "${field}"`;

export const eventFieldWrong = (field: string, value: string, expected: string): string =>
  `has ${value} as its "${field}", which must be ${expected}`;

export const firstEventWrong = (type: string): string =>
  `is "${type}", and the first one must be "run-started"`;

export const startNotFirst = (): string => 'is "run-started", which only the first one may be';

export const endNotLast = (): string => 'is "run-ended", and others follow it';

export const eventUnreadable = (): string => "can't be read";

export const eventChanged = (): string => 'was changed';

/** What the fields of events hold. */
export const FIELDS = {
  text: 'a text',
  number: 'a number',
  count: 'a whole number',
  flag: 'true or false',
  forks: 'a list of forks',
  yes: 'true',
  attributes: 'attributes by name',
  channel: 'the kind of a message and its name',
  code: 'the versions of functions',
} as const;

export const eventMissing = (place: number): string => `event ${place} is missing`;

export const startMissing = (): string => 'its first event is missing';

export const endMissing = (): string => 'its last event is missing';

export const functionsDiffer = (row: string, event: string): string =>
  `its row names the function "${row}", and its first event "${event}"`;

export const eventsMissing = (found: number, expected: number): string =>
  `it has ${found} events, and had ${expected} or more`;

export const messageChanged = (seq: unknown): string => `message ${seq}, which was sent to it, was changed`;

export const outcomeUnreadable = (): string => "its outcome can't be read";

export const rowChanged = (): string => 'the row of the run was changed by something else';

export const fileDeleted = (): string => 'it was deleted or moved away while it was in use';

export const fileReplaced = (): string => 'another file took its place while it was in use';

export const fileCutOff = (): string => 'it was cut off while it was in use';

export const walDeleted = (): string => 'its -wal file was deleted while it was in use';

/** Caught where it is thrown: such a manifest counts as one without a flow. */
export const flowUnreadable = (): string =>
  'The flow of a manifest has a part that this version does not know.';
