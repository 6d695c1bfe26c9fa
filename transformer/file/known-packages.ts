import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';

/**
 * Functions of well-known packages that read the clock or chance, so that each replay would get another value. They are called
 * without `await`, as helpers are, and nothing at the call shows it.
 */
interface KnownReads {
  /** In the form that `originOf` returns. */
  readonly origins: RegExp;
  /** With at least this many arguments the result depends on the arguments only: `dayjs(date)`. */
  readonly settledBy?: number;
  /** What to write instead of the call. */
  readonly instead: string;
}

const IN_STEP = 'Call it in a step: `await step(() => ...)`.';
const ID = 'Use `crypto.randomUUID()`, or call it in a step: `await step(() => ...)`.';

const CALLS: readonly KnownReads[] = [
  // Ids: random, from the clock, or from a counter of the process.
  { origins: /^uuid#(v1|v4|v6|v7)$/, settledBy: 1, instead: ID },
  { origins: /^uuid\/(v1|v4|v6|v7)#(\*|default)$/, settledBy: 1, instead: ID },
  { origins: /^nanoid(\/(non-secure|async))?#(nanoid|default|random)$/, instead: ID },
  { origins: /^ulidx?#(ulid|default)$/, settledBy: 2, instead: ID },
  { origins: /^@paralleldrive\/cuid2#createId$/, instead: ID },
  { origins: /^@?cuid#(default|\*|slug|cuid)$/, instead: ID },
  { origins: /^uid(\/(secure|single))?#uid$/, instead: ID },
  {
    origins: /^(shortid|short-uuid|ksuid|xid-js|hyperid|cryptiles|unique-string)#(default|\*|generate|next)$/,
    instead: ID,
  },
  { origins: /^(shortid|short-uuid|ksuid|xid-js)#default\.(generate|randomSync|next)$/, instead: ID },
  { origins: /^(crypto-random-string|randomstring)#(default|\*|generate)$/, instead: ID },
  { origins: /^typeid-js#(typeid|typeidUnboxed)$/, instead: ID },
  { origins: /^ai#generateId$/, instead: ID },
  { origins: /^Bun\.(randomUUIDv7|nanoseconds)$/, instead: ID },
  // Clocks: without an argument they return the present time.
  { origins: /^dayjs#(default|\*|utc|tz)$/, settledBy: 1, instead: 'Give it the time: `dayjs(Date.now())`.' },
  {
    origins: /^moment(-timezone)?#(default|\*|utc|tz)$/,
    settledBy: 1,
    instead: 'Give it the time: `moment(Date.now())`.',
  },
  { origins: /^moment(-timezone)?#now$/, instead: 'Use `Date.now()`.' },
  {
    origins: /^luxon#DateTime\.(now|local|utc)$/,
    settledBy: 1,
    instead: 'Give it the time: `DateTime.fromMillis(Date.now())`.',
  },
  {
    origins:
      /^date-fns(\/\w+)?#(is(Today|Tomorrow|Yesterday|Past|Future|This\w+)|formatDistanceToNow(Strict)?|(startOf|endOf)(Today|Tomorrow|Yesterday))$/,
    instead: 'Compare with `new Date()`, as in `isSameDay(date, new Date())`.',
  },
  {
    origins:
      /^date-fns\/(is(Today|Tomorrow|Yesterday|Past|Future|This\w+)|formatDistanceToNow(Strict)?|(startOf|endOf)(Today|Tomorrow|Yesterday))#default$/,
    instead: 'Compare with `new Date()`, as in `isSameDay(date, new Date())`.',
  },
  { origins: /^@js-joda\/core#\w+\.now$/, instead: IN_STEP },
  { origins: /^(@js-temporal\/polyfill|temporal-polyfill)#Temporal\.Now\.\w+$/, instead: IN_STEP },
  // Chance.
  {
    origins: /^(lodash|lodash-es|underscore)#(random|sample|sampleSize|shuffle|now|uniqueId)$/,
    instead: IN_STEP,
  },
  {
    origins: /^(lodash|lodash-es)[/.](random|sample|sampleSize|shuffle|now|uniqueId)(\.js)?#(default|\*)$/,
    instead: IN_STEP,
  },
  {
    origins: /^es-toolkit(\/\w+)?#(random|randomInt|sample|sampleSize|shuffle|uniqueId|now)$/,
    instead: IN_STEP,
  },
  { origins: /^(radash|radashi)#(random|draw|shuffle|uid)$/, instead: IN_STEP },
  { origins: /^remeda#(randomInteger|randomString|sample|shuffle)$/, instead: IN_STEP },
  { origins: /^@faker-js\/faker(\/locale\/\w+)?#faker\.(?!seed$)[\w.]+$/, instead: IN_STEP },
  { origins: /^@ngneat\/falso#rand\w*$/, instead: IN_STEP },
  { origins: /^unique-names-generator#uniqueNamesGenerator$/, instead: IN_STEP },
];

/** Classes whose instances start with the present time or a random value if they get no arguments. */
const CLASSES: KnownReads = {
  origins: /^(mongodb#ObjectId|bson#(ObjectId|ObjectID)|mongoose#(Types|default\.Types|mongo)\.ObjectId)$/,
  settledBy: 1,
  instead: IN_STEP,
};

/** Functions that return functions or objects which read chance at each call: `const newId = customAlphabet('abc', 8)`. */
const MAKERS =
  /^(nanoid#custom(Alphabet|Random)|ulidx?#(monotonicFactory|factory)|@paralleldrive\/cuid2#init|ai#createIdGenerator|chance#(default|\*|Chance)|short-unique-id#(default|\*)|@sapphire\/snowflake#Snowflake|mersenne-twister#(default|\*))$/;

/** What to write instead of a call that reads the clock or chance; undefined for other calls. */
export function knownReadOf(ts: TypeScript, call: ts.Node, origin: string | undefined): string | undefined {
  if (origin === undefined || !(ts.isCallExpression(call) || ts.isNewExpression(call))) return undefined;
  const found = ts.isNewExpression(call)
    ? CLASSES.origins.test(origin) && CLASSES
    : CALLS.find(({ origins }) => origins.test(origin));
  if (!found) return undefined;
  const given = call.arguments?.length ?? 0;
  return found.settledBy !== undefined && given >= found.settledBy ? undefined : found.instead;
}

/** Whether a function reads the clock or chance if it is called without arguments. */
export const isKnownRead = (origin: string): boolean => CALLS.some(({ origins }) => origins.test(origin));

/** What to write instead of calling the result of this function. */
export const knownMakerOf = (origin: string | undefined): string | undefined =>
  origin !== undefined && MAKERS.test(origin) ? ID : undefined;
