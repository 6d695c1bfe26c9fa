/** Texts of errors about stores and their files. */

export const scheduleDamaged = (store: string, name: string): string =>
  `What ${store} keeps of the schedule "${name}" is damaged. Restore the file from a backup, or ` +
  `give the schedule another name, which starts from the beginning.`;

export const fileIsNoDatabase = (path: string): string =>
  `${path} is not a database, so it can't be used as a store. Give the path of another file.`;

export const fileTooNew = (path: string, found: number, newest: number): string =>
  `${path} was written by a newer use-durable (its format is ${found}, this version reads up to ${newest}). Update ` +
  `use-durable, or give the path of another file. The file was not changed.`;

export const fileOfAnotherProgram = (path: string): string =>
  `${path} is a database of another program, so it can't be used as a store. Give the path of a file of its own. The ` +
  `file was not changed.`;

export const pathIsNoFile = (path: string): string =>
  `${path} is not a file, so it can't be used as a store. Give the path of a file, e.g. runs.db.`;

export const storeMissing = (path: string): string => `There is no file ${path}. Give the path of a store.`;

export const storeNotOpened = (path: string, reason: string): string =>
  `The store ${path} can't be opened: ${reason}.`;

export const storeFailed = (store: string, action: string, message: string, advice: string): string =>
  `The store ${store} can't be ${action}: ${message}.${advice}`;

export const storeFileGone = (store: string, action: string, trouble: string): string =>
  `The store ${store} can't be ${action}: ${trouble}. Nothing is written any more. What was recorded is in the file ` +
  `that was there: put it back, with its -wal file, and start the process again.`;

export const storedJournalDamaged = (id: string, store: string, what: string): string =>
  `The journal of run "${id}" in ${store} is damaged: ${what}. Other runs are not affected. Restore the file from a ` +
  `backup, or start the work again under another id.`;

export const backupWithoutPath = (): string => 'backup(path): give the path of a new file.';

export const backupFailed = (from: string, to: string, reason: string): string =>
  `The store ${from} can't be copied to ${to}: ${reason}.`;

export const backupPathTaken = (to: string): string =>
  `backup("${to}"): there is something at this path. It is not overwritten; give another path.`;

export const backupThreadEnded = (code: number): string => `the thread that copies it ended with ${code}`;

export const journalWithoutStart = (): string =>
  'A journal must begin with the event "run-started"; the store returned something else.';

export const leaseRanOut = (store: string): string =>
  `The lease of this worker on the store ${store} has run out.`;

export const storeNotWritten = (store: string, reason: string): string =>
  `The store ${store} could not be written: ${reason}`;

export const memoryStoreHasNoFile = (): string =>
  'A store in memory has no file that could be copied, and ends with its process. Use fileStore().';

export const storeClosed = (name: string): string => `The store ${name} is closed.`;

export const cursorUnknown = (cursor: string): string =>
  `list: the cursor "${cursor}" is not the id of a run in this store.`;

export const storePathNoString = (): string =>
  `fileStore: the path must be a string; of a URL that is fileURLToPath(url).`;

export const storePathWithoutFile = (path: string): string =>
  `fileStore("${path}") has no file to write to. Give a path, or use memoryStore().`;

export const storePathIsUrl = (path: string): string =>
  `fileStore("${path}"): give the path of the file, not a URL.`;

export const storedValueDamaged = (store: string, key: string): string =>
  `What ${store} keeps under "${key}" is damaged: it was changed. Runs are not affected. Restore the file from a ` +
  `backup.`;
