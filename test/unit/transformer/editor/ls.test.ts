import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import durablePlugin from '../../../../transformer/hosts/ls.ts';
import transformProgram from '../../../../transformer/hosts/tspc.ts';
import { STRICT } from '../../../support/typed.ts';

const FOLDER = fileURLToPath(new URL('../../../.tmp/ls/', import.meta.url));
const MAIN = `${FOLDER}main.ts`;
const OTHER = `${FOLDER}other.ts`;
const TEXT = `import { charge, client } from './other.ts';
export async function pay(items: string[]): Promise<unknown> {
  'use durable';
  await charge(1);
  await charge(2);
  await client.select().from('a').where(1);
  await client.select().from('b').where(2);
  const p = charge(3);
  const unread = charge(5);
  await client.ready;
  await new Promise((resolve) => client.once(resolve));
  const own = async (n: number): Promise<number> => await charge(n);
  return [await own(4), await p, items.map((item) => item.trim())];
}
`;
const STEPS = `export async function charge(n: number): Promise<number> { return n; }
export const client: any = {};
`;

class Service {
  readonly texts = new Map([
    [MAIN, TEXT],
    [OTHER, STEPS],
  ]);
  readonly log: string[] = [];
  readonly inner: ts.LanguageService;
  readonly service: ts.LanguageService;
  /** Nodes that the plugin has looked below. */
  looks = 0;
  #version = 0;
  readonly #versions = new Map<string, number>();

  constructor(change: (service: ts.LanguageService) => ts.LanguageService = (same) => same) {
    this.inner = change(
      ts.createLanguageService({
        getCompilationSettings: () => ({ ...STRICT, types: [] }),
        getCurrentDirectory: () => FOLDER,
        getDefaultLibFileName: ts.getDefaultLibFilePath,
        getScriptFileNames: () => [...this.texts.keys()],
        getScriptVersion: (name) => String(this.#versions.get(name) ?? 0),
        getScriptSnapshot: (name) => {
          const text = this.texts.get(name) ?? ts.sys.readFile(name);
          return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
        },
        fileExists: (name) => this.texts.has(name) || ts.sys.fileExists(name),
        readFile: (name) => this.texts.get(name) ?? ts.sys.readFile(name),
      }),
    );
    const typescript = {
      ...ts,
      forEachChild: (...args: Parameters<typeof ts.forEachChild>) => {
        this.looks++;
        return ts.forEachChild(...args);
      },
    } as typeof ts;
    const info = (message: string): number => this.log.push(message);
    const project = { projectService: { logger: { info } } };
    this.service = durablePlugin({ typescript }).create({ languageService: this.inner, project });
  }

  write(name: string, text: string): void {
    this.texts.set(name, text);
    this.#version++;
    this.#versions.set(name, this.#version);
  }

  hover(part: string, offset = 0): string {
    const info = this.service.getQuickInfoAtPosition(
      MAIN,
      (this.texts.get(MAIN) ?? '').indexOf(part) + offset,
    );
    return ts.displayPartsToString(info?.documentation);
  }

  /** The text with the hints in it. */
  hinted(): string {
    const text = this.texts.get(MAIN) ?? '';
    const hints = this.service.provideInlayHints(MAIN, { start: 0, length: text.length }, {});
    return hints.reduceRight((left, { position, text: hint }) => {
      return `${left.slice(0, position)}<${hint}>${left.slice(position)}`;
    }, text);
  }
}

describe('on hover', () => {
  const service = new Service();

  it.each([
    ['charge(1)', /^Step `charge`\. /],
    ['charge(2)', /^Step `charge#2`\. /],
    ['await charge(2)', /^Step `charge#2`\. /],
    ["from('b')", /^Step `client\.select#2`\. /],
    ['where(2)', /^Step `client\.select#2`\. /],
    ['charge(3)', /^Step `charge#3`\. /],
    ['charge(5)', /^Step `charge#5` if it returns a promise\. /],
    ['ready', /^Step `client\.ready`\. /],
    ['once', /^Part of step `Promise`\. /],
    ['charge(n)', /^Step `charge#4`\. /],
    ['own(4)', /^Workflow code\. /],
    ['map(', /^Workflow code\. /],
    ["'use durable'", /^Durable function `.*#pay`\.$/],
  ])('%s', (part, text) => {
    expect(service.hover(part)).toMatch(text);
  });

  it('nothing is said of variables, arguments, the rest of an await, and code elsewhere', () => {
    for (const part of ['items.map', 'item.trim', '1);']) expect(service.hover(part)).toBe('');
    expect(service.hover('await charge(2)', 'await'.length)).toBe('');
    const info = service.service.getQuickInfoAtPosition(OTHER, STEPS.indexOf('charge'));
    expect(info?.documentation).toEqual([]);
  });
});

it('ids stand at the part of a chain that they are made of', () => {
  const lines = new Service().hinted().split('\n');
  expect(lines.filter((line) => /<[# ]/.test(line)).map((line) => line.trim())).toEqual([
    'await charge<#2>(2);',
    "await client.select<#2>().from('b').where(2);",
    'const p = charge<#3>(3);',
    'const unread = charge<#5>(5);',
    'const own = async (n: number): Promise<number> => await charge<#4>(n);',
  ]);
});

it('hints are those of the lines that an editor asks for', () => {
  const { service } = new Service();
  const start = TEXT.indexOf('await charge(2)');
  expect(service.provideInlayHints(MAIN, { start, length: 30 }, {}).map(({ text }) => text)).toEqual(['#2']);
});

it('a version of a file is analyzed once', () => {
  const service = new Service();
  const ask = (): void => {
    service.service.getSemanticDiagnostics(MAIN);
    service.hinted();
  };
  ask();
  const first = service.looks;
  expect(first).toBeGreaterThan(100);
  ask();
  expect(service.looks).toBe(first);
  // Another file: only what needs types is done again.
  service.write(OTHER, `${STEPS}export const more = 1;\n`);
  ask();
  const types = service.looks - first;
  service.write(MAIN, `${TEXT}\n`);
  ask();
  expect(service.looks - first - types).toBeGreaterThan(types);
});

it('what fails in the plugin leaves the answers of TypeScript, and is logged', () => {
  const service = new Service((inner) => ({
    ...inner,
    getProgram: () => {
      throw new Error('no program');
    },
  }));
  service.write(MAIN, TEXT.replace('charge(1)', 'charge("1")'));
  expect(service.service.getSemanticDiagnostics(MAIN).map(({ code }) => code)).toEqual([2345]);
  expect(service.hover('charge(2)')).toBe('');
  expect(service.hinted()).not.toContain('<#');
  expect(service.service.getCodeFixesAtPosition(MAIN, 0, 1, [991001], {}, {})).toEqual([]);
  expect(service.log).toHaveLength(4);
  expect(service.log[0]).toMatch(/^use-durable: Error: no program/);
});

it('reports once where the TypeScript of the editor is one that ts-patch has changed', () => {
  const wrong = TEXT.replace("'use durable'", "'use durible'");
  const patched = new WeakSet<ts.Program>();
  const service = new Service((inner) => ({
    ...inner,
    getSemanticDiagnostics: (name) => {
      const program = inner.getProgram()!;
      if (!patched.has(program)) transformProgram(program, undefined, undefined, { ts });
      patched.add(program);
      return [...program.getSemanticDiagnostics(program.getSourceFile(name))];
    },
  }));
  service.write(MAIN, wrong);
  expect(service.service.getSemanticDiagnostics(MAIN).map(({ code }) => code)).toEqual([991001]);
});

it('adds nothing on another version of TypeScript, and says so in the log', () => {
  const { inner } = new Service();
  const log: string[] = [];
  const project = { projectService: { logger: { info: (message: string) => log.push(message) } } };
  const typescript = { ...ts, version: '5.9.3' } as typeof ts;
  expect(durablePlugin({ typescript }).create({ languageService: inner, project })).toBe(inner);
  expect(log).toEqual([
    expect.stringMatching(/^use-durable: TypeScriptMissingError: .*Version 5\.9\.3 is installed/),
  ]);
});
