/** Texts of errors about options, names and durations. */

export const dateInvalid = (what: string): string => `${what}(date): the date is invalid.`;

export const dateTooLate = (what: string, year: number): string =>
  `${what}(date): the date is in the year ${year}, and the last one that is taken is 9999. Dates ` +
  `are made from milliseconds.`;

export const lengthOfTimeNeeded = (what: string): string => `${what}: give a length of time, not a Date.`;

export const durationNegative = (what: string, shown: string, ms: number): string =>
  `${what}(${shown}): a wait must be 0 ms or longer${Number.isNaN(ms) ? ', not NaN' : ''}.`;

export const durationTooLong = (what: string, shown: string): string =>
  `${what}(${shown}): that is more than 100 years. Plain numbers are milliseconds.`;

export const durationUnreadable = (what: string, shown: string): string =>
  `${what}(${shown}): not a duration. Write milliseconds, a number with a unit (ms, s, min, h, days, weeks) ` +
  `such as '5s' or '2 days', or a Date.`;

export const nameEmpty = (what: string): string => `${what} must be a string that is not empty.`;

export const nameHasHalfCharacter = (what: string): string =>
  `${what} contains half of a surrogate pair, which is not a character.`;

export const nameTooLong = (what: string, length: number, longest: number): string =>
  `${what} has ${length} characters; ${longest} is the most.`;

export const optionsNoObject = (where: string, names: string): string =>
  `${where}: the options must be an object: { ${names} }.`;

export const optionUnknown = (where: string, name: string, names: string): string =>
  `${where}: there is no option "${name}", only ${names}.`;

export const nodeTooOld = (oldest: string, version: string): string =>
  `use-durable needs Node ${oldest} or newer; this is Node ${version}.`;

export const storeMissing = (): string =>
  'createRuntime: store must be a store: { store: fileStore(path) } or { store: memoryStore() }.';

export const leaseMsInvalid = (leaseMs: number): string =>
  `createRuntime: leaseMs must be a positive number of ms, 24 days at most, not ${leaseMs}.`;

export const parkAfterMsInvalid = (parkAfterMs: number): string =>
  `createRuntime: parkAfterMs must be a positive number, not ${parkAfterMs}.`;

export const maskNoFunction = (): string =>
  'createRuntime: mask must be a function of a value and its place.';

export const onBlockedNoFunction = (): string => 'createRuntime: onBlocked must be a function.';

export const tracingInvalid = (): string =>
  'createRuntime: tracing must be what openTelemetry() of "use-durable/opentelemetry" returns.';

export const maxStepsNoObject = (): string =>
  'createRuntime: maxSteps must be an object: { nameOfTheStep: 5 }.';

export const stepLimitInvalid = (name: string, limit: number): string =>
  `createRuntime: the limit of ${name} must be a whole number from 1 on, not ${limit}.`;

export const atMostOnceForAllSteps = (): string =>
  'createRuntime: stepPolicy: atMostOnce belongs to single steps: withPolicy(fn, { atMostOnce }).';

export const scheduleNameTaken = (name: string): string =>
  `schedule: there is a schedule "${name}" in this process already.`;

export const timeZoneInvalid = (): string =>
  "schedule: timeZone must be an IANA name, such as 'Europe/Berlin'; leave it out for UTC.";

export const cronNoText = (): string => "schedule: cron must be a text, such as '0 3 * * *'.";

export const cronUnreadable = (message: string): string => `schedule: ${message}`;

export const cronNeverComes = (cron: string): string =>
  `schedule: '${cron}' never comes: there is no such day. Nothing would be started.`;

export const defaultRuntimeInvalid = (): string =>
  'setDefaultRuntime: pass what createRuntime() returns, or undefined.';

export const eventTypeUnknown = (type: string): string => `on: there are no events of the type "${type}".`;

export const listenerNoFunction = (type: string): string =>
  `on("${type}", listener): listener must be a function.`;
