/** The plugin in a real tsserver: what an editor shows of durable functions. */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Project } from './support/project.ts';
import { type Location, locationOf, TsServer } from './support/tsserver.ts';

const MISTAKES = fileURLToPath(new URL('../diagnostics/', import.meta.url));

const CONFIG = JSON.stringify({
  compilerOptions: {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowJs: true,
    allowImportingTsExtensions: true,
    types: ['node'],
    plugins: [{ name: 'use-durable/ls', transform: 'use-durable/tspc', transformProgram: true }],
  },
  include: ['src'],
});

const STEPS = `export async function charge(cents: number): Promise<number> { return cents; }
export const mail = { send: async (to: string): Promise<string> => to };
`;

const MAIN = `import { sleep, step } from 'use-durable';
import { charge, mail } from './steps.ts';

/** Pays. */
export async function pay(cents: number): Promise<number> {
  'use durable';
  await charge(1);
  const paid = await charge(cents);
  await sleep('1 second');
  await step('tell', async () => { await mail.send('ann'); });
  return [paid].map((one) => one * 2).length;
}
`;

interface Diagnostic {
  readonly start: Location;
  readonly end: Location;
  readonly code: number;
  readonly source?: string;
}

interface Fix {
  readonly description: string;
  readonly changes: readonly {
    readonly textChanges: readonly {
      readonly start: Location;
      readonly end: Location;
      readonly newText: string;
    }[];
  }[];
}

const project = new Project('tsserver');
let server: TsServer;

beforeAll(() => {
  project.write('package.json', JSON.stringify({ name: 'shop', type: 'module' }));
  project.write('tsconfig.json', CONFIG);
  project.write('src/steps.ts', STEPS);
  project.write('src/main.ts', MAIN);
  // Only files of the project have its plugins.
  for (const file of ['src/typed.ts', 'src/half.ts']) project.write(file, '');
  project.write('src/plain.ts', 'export const plain = [1].map((one) => one);\n');
  for (const name of readdirSync(MISTAKES))
    cpSync(MISTAKES + name, project.path(`src/${name}`), { recursive: true });
  server = new TsServer(project);
  server.open('src/main.ts', MAIN);
});

afterAll(async () => {
  await server.end();
});

const diagnosticsOf = async (file: string): Promise<Diagnostic[]> =>
  (await server.ask<Diagnostic[]>('semanticDiagnosticsSync', file)).filter(
    ({ source }) => source === 'use-durable',
  );

const hoverAt = async (file: string, text: string, part: string, from?: number): Promise<string> => {
  const info = await server.ask<{ documentation: string } | undefined>(
    'quickinfo',
    file,
    locationOf(text, part, from),
  );
  return info?.documentation ?? '';
};

const hintsOf = async (file: string, text: string): Promise<{ text: string; position: Location }[]> =>
  server.ask('provideInlayHints', file, { start: 0, length: text.length });

describe('tsserver', () => {
  it('reports what tspc reports, at the same places', async () => {
    const { output } = project.bin('ts-patch/bin/tspc.js', ['-p', '.', '--pretty', 'false']);
    const byTspc = [...output.matchAll(/^(src\/\S+)\((\d+),(\d+)\): \w+ TS(99\d{4}):/gm)]
      .map(([, file, line, column, code]) => `${file} ${line}:${column} ${code}`)
      .sort();
    const files = readdirSync(MISTAKES).flatMap((name) =>
      readdirSync(MISTAKES + name).map((file) => `src/${name}/${file}`),
    );
    const byServer: string[] = [];
    for (const file of files) {
      server.open(file, project.read(file));
      for (const { start, code } of await diagnosticsOf(file))
        byServer.push(`${file} ${start.line}:${start.offset} ${code}`);
    }
    expect(byServer.sort()).toEqual(byTspc);
    expect(new Set(byTspc.map((line) => line.split(' ')[2])).size).toBeGreaterThan(40);
  });

  it('says on hover what a call is', async () => {
    const hover = (part: string, from?: number): Promise<string> => hoverAt('src/main.ts', MAIN, part, from);
    expect(await hover('pay')).toBe('Durable function `shop/src/main.ts#pay`.\n\nPays.');
    expect(await hover("'use durable'")).toBe('Durable function `shop/src/main.ts#pay`.');
    expect(await hover('charge(1)')).toMatch(/^Step `charge`\./);
    expect(await hover('await charge(cents)')).toMatch(/^Step `charge#2`\./);
    expect(await hover('sleep(')).toMatch(/^Wait `sleep`\./);
    expect(await hover('step(')).toMatch(/^Step `"tell"`\./);
    expect(await hover('send(')).toMatch(/^Part of step `"tell"`\./);
    expect(await hover('map(')).toBe(await hoverOfMap());
    expect(await hover('cents)')).toBe('');
  });

  const hoverOfMap = async (): Promise<string> => {
    const plain = project.read('src/plain.ts');
    server.open('src/plain.ts', plain);
    const own = await hoverAt('src/plain.ts', plain, 'map(');
    expect(own).toMatch(/^Calls a defined callback/);
    return `Workflow code. Every replay runs it again.\n\n${own}`;
  };

  it('shows ids that differ from what is written', async () => {
    const hints = await hintsOf('src/main.ts', MAIN);
    expect(hints.map(({ text, position }) => [text, position])).toEqual([
      ['#2', locationOf(MAIN, '(cents);')],
    ]);
  });

  it('follows what is typed, and takes a quick fix', async () => {
    const file = 'src/typed.ts';
    const wrong = MAIN.replace("'use durable'", "'use durible'");
    server.open(file, wrong);
    const [diagnostic] = await diagnosticsOf(file);
    expect(diagnostic?.code).toBe(991001);
    expect(await hintsOf(file, wrong)).toEqual([]);
    const { start, end } = diagnostic!;
    const supported = await server.ask<string[]>('getSupportedCodeFixes', file);
    expect(supported).toEqual(expect.arrayContaining(['991001', '2304']));
    const fixes = await server.ask<Fix[]>('getCodeFixes', file, {
      startLine: start.line,
      startOffset: start.offset,
      endLine: end.line,
      endOffset: end.offset,
      errorCodes: [991001],
    });
    expect(fixes.map(({ description }) => description)).toEqual(["Write 'use durable'"]);
    const [change] = fixes[0]!.changes[0]!.textChanges;
    const line = wrong.split('\n')[change!.start.line - 1]!;
    const fixed =
      line.slice(0, change!.start.offset - 1) + change!.newText + line.slice(change!.end.offset - 1);
    server.type(file, wrong, wrong.replace(line, fixed));
    expect(await diagnosticsOf(file)).toEqual([]);
    expect(await hintsOf(file, MAIN)).toHaveLength(1);
  });

  it('sees a typed mistake that another file brings', async () => {
    server.open('src/steps.ts', STEPS);
    const lost = STEPS.replace(
      'cents: number): Promise<number> { return cents; }',
      'cents: number): Promise<any> { return () => cents; }',
    ).replace('Promise<any>', 'Promise<() => number>');
    expect(await diagnosticsOf('src/main.ts')).toEqual([]);
    server.type('src/steps.ts', STEPS, lost);
    expect((await diagnosticsOf('src/main.ts')).map(({ code }) => code)).toContain(994001);
    server.type('src/steps.ts', lost, STEPS);
    expect(await diagnosticsOf('src/main.ts')).toEqual([]);
  });

  it('bears each text on the way to a file', async () => {
    const file = 'src/half.ts';
    let before = '';
    server.open(file, before);
    for (let length = 1; length <= MAIN.length; length += 3) {
      const text = MAIN.slice(0, length);
      server.type(file, before, text);
      before = text;
      await server.ask('semanticDiagnosticsSync', file);
      await server.ask('provideInlayHints', file, { start: 0, length });
      const lines = text.split('\n');
      await server.ask('quickinfo', file, { line: lines.length, offset: lines.at(-1)!.length + 1 });
    }
    // Hints stay while a line is not finished.
    const half = MAIN.replace('return [paid]', 'const x = [paid; return [paid]');
    server.type(file, before, half);
    expect((await hintsOf(file, half)).map(({ text }) => text)).toEqual(['#2']);
    expect(await diagnosticsOf(file)).toEqual([]);
  });

  it('nothing failed in the plugin', () => {
    const log = readFileSync(project.path('tsserver.log'), 'utf8');
    expect(log).not.toMatch(/use-durable: |Failed to load|Plugin activation failed/);
  });
});
