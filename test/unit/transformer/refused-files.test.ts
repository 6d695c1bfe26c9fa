import { describe, expect, it } from 'vitest';
import { NotCompiledError } from '../../../runtime/index.ts';
import { emitThroughAst, load } from '../../support/fixtures.ts';

/** No durable function of a file with an error runs, however it is written and called: each says which error. */
const WRONG = "'use durable'; setInterval(() => {}, 1);";
type Module = Record<string, unknown>;
type Call = (module: Module) => unknown;
const main: Call = ({ main: fn }) => (fn as () => unknown)();

const files: readonly (readonly [what: string, source: string, call: Call])[] = [
  ['an arrow', `export const main = async () => { ${WRONG} };`, main],
  ['a function expression', `export const main = async function named() { ${WRONG} };`, main],
  [
    'a default export',
    `export default async function () { ${WRONG} }`,
    ({ default: fn }) => (fn as () => unknown)(),
  ],
  [
    'a default arrow',
    `export default async () => { ${WRONG} }`,
    ({ default: fn }) => (fn as () => unknown)(),
  ],
  [
    'a static method',
    `class A { static async go() { ${WRONG} } }\nexport { A };\nexport const main = () => A.go();`,
    main,
  ],
  [
    'a static field',
    `export class A { static go = async () => { ${WRONG} } }\nexport const main = () => A.go();`,
    main,
  ],
  [
    'a method of an object',
    `export const flows = { async go() { ${WRONG} } };\nexport const main = () => flows.go();`,
    main,
  ],
  [
    'a member of a deep object',
    `export const flows = { a: { go: async () => { ${WRONG} } } };\nexport const main = () => flows.a.go();`,
    main,
  ],
  ['another export name', `async function inner() { ${WRONG} }\nexport { inner as main };`, main],
  [
    'a right function beside a wrong one',
    `export async function main() { 'use durable'; return 1; }\nexport async function other() { ${WRONG} }`,
    main,
  ],
  [
    'a caller of a wrong one',
    `export async function inner() { ${WRONG} }\nexport async function main() { 'use durable'; return await inner(); }`,
    main,
  ],
  [
    'a directive for the file',
    `'use durable';\nexport async function main() { setInterval(() => {}, 1); }`,
    main,
  ],
  [
    'overloads',
    `export async function main(a?: string): Promise<void>;\nexport async function main(a?: unknown): Promise<void> { ${WRONG} }`,
    main,
  ],
  [
    'an id of its own',
    `export async function main() { 'use durable as pay'; setInterval(() => {}, 1); }`,
    main,
  ],
  [
    'a default of a parameter',
    `export async function main(a = setInterval(() => {}, 1)) { 'use durable'; return a; }`,
    main,
  ],
  [
    'a bound function',
    `export const flow = async () => { ${WRONG} };\nexport const main = flow.bind(null);`,
    main,
  ],
  [
    'a private static member',
    `export class A { static #go = async () => { ${WRONG} }; static run() { return A.#go(); } }\nexport const main = () => A.run();`,
    main,
  ],
  [
    'what a getter gives',
    `export const flows = { get go() { return async () => { ${WRONG} }; } };\nexport const main = () => flows.go();`,
    main,
  ],
  [
    'an element of a list',
    `export const flows = [async () => { ${WRONG} }];\nexport const main = () => Promise.all(flows.map((flow) => flow()));`,
    main,
  ],
  ['a function that is no async one', `export function main() { 'use durable'; return 1; }`, main],
  ['a directive with a mistake', `export async function main() { 'use durabel'; return 1; }`, main],
];

describe('a file with an error: what is called throws', () => {
  it.each(files)('%s', async (what, source, call) => {
    const fixture = { name: 'refused-files', file: 'input.ts', folder: '', source };
    const module = await load(fixture, what.replace(/\W+/g, '-'), emitThroughAst(fixture));
    const error: unknown = await Promise.resolve()
      .then(() => call(module))
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NotCompiledError);
    expect((error as Error).message).toMatch(/input\.ts:\d+:\d+ - UD\d{4}/);
  });
});
