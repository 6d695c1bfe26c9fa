import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { functionsOf } from '../../../../cli/graph/functions.ts';
import { toText } from '../../../../cli/graph/terminal.ts';
import { figureOf } from '../../../../runtime/picture/figure-of.ts';
import { foldedFigure } from '../../../../runtime/picture/fold.ts';
import { cellsOf, cutOff } from '../../../../runtime/picture/layout/cells.ts';
import { layoutOf } from '../../../../runtime/picture/layout/layout.ts';
import { toMermaid } from '../../../../runtime/picture/mermaid.ts';
import { toSvg } from '../../../../runtime/picture/svg.ts';
import { fileStore } from '../../../../runtime/stores/sqlite.ts';
import { compile } from '../../../../transformer/compile.ts';
import { commandIn, type Ended } from '../support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'durable-graph-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'order.ts');
const SOURCE = `import { sleep, step } from 'use-durable';
import { charge, find, notify, refund, ship, stock } from './shop.js';

export async function order(lines: string[], card: string): Promise<string> {
  'use durable';
  if (lines.length === 0) return 'nothing';
  const held = await Promise.all(lines.map(async (line) => await stock(line)));
  for (const line of lines) {
    if (!(await find(line))) continue;
    await sleep('1 day');
  }
  try {
    // step: Take the money
    await charge(card);
    /** Send the parcel. */
    const parcel = await ship(held);
    return parcel;
  } catch (error) {
    await refund(card);
    throw error;
  } finally {
    await step(\`tell \${card}\`, () => notify(card));
  }
}
`;
writeFileSync(file, SOURCE);

const figure = figureOf('order', functionsOf(file)[0]!.flow);
const plain = (_: string, text: string): string => text;

describe('durable graph', () => {
  it('draws a function as text', () => {
    expect(`\n${toText(figure, 70, plain)}`).toMatchInlineSnapshot(`
      "
      order
      ├─ lines.length === 0 ?  yes → return 'nothing'
      ├─ ∥ Promise.all: all done
      │  └─ ∥ for each of lines
      │     └─ ƒ stock(line)
      ├─ ↻ for each line of lines
      │  ├─ ƒ find(line)
      │  ├─ !find(line) ?  yes → ↻ continue
      │  └─ ◷ sleep('1 day')
      ├─ try
      │  ├─ ƒ Take the money  charge(card)
      │  ├─ ƒ Send the parcel  ship(held)
      │  └─ return parcel
      ├─ catch error
      │  ├─ ƒ refund(card)
      │  └─ throw error
      └─ finally
         └─ ƒ step(\`tell \${card}\`, () => …)
      "
    `);
  });

  it('keeps lines within the columns', () => {
    for (const columns of [40, 60])
      for (const line of toText(figure, columns, plain).split('\n'))
        expect(cellsOf(line), line).toBeLessThanOrEqual(columns);
  });

  it('draws a function for Mermaid', () => {
    expect(`\n${toMermaid(figure)}`).toMatchInlineSnapshot(`
      "
      flowchart TD
        n1(["order"])
        n2{"lines.length === 0 ?"}
        n1 --> n2
        n3(["return 'nothing'"])
        n2 -- "yes" --> n3
        n4[/"∥ Promise.all"/]
        n2 -- "no" --> n4
        subgraph f5 ["for each of lines"]
        n6["ƒ stock(line)"]
        n4 --> n6
        end
        n7[\\"all done"\\]
        n6 --> n7
        subgraph f8 ["↻ for each line of lines"]
        n9{{"↻ for each line of lines"}}
        n7 --> n9
        n10["ƒ find(line)"]
        n9 --> n10
        n11{"!find(line) ?"}
        n10 --> n11
        n12(["↻ continue"])
        n11 -- "yes" --> n12
        n12 --> n9
        n13(["◷ sleep('1 day')"])
        n11 -- "no" --> n13
        n13 --> n9
        end
        subgraph f14 ["try"]
        n15["ƒ Take the money<br/><small>charge(card)</small>"]
        n9 -- "done" --> n15
        n16["ƒ Send the parcel<br/><small>ship(held)</small>"]
        n15 --> n16
        n17(["return parcel"])
        n16 --> n17
        end
        subgraph f18 ["catch error"]
        n19(["catch error"])
        n20["ƒ refund(card)"]
        n19 --> n20
        n21(["throw error"])
        n20 --> n21
        end
        f14 -. throws .-> f18
        subgraph f22 ["finally"]
        n23["ƒ step(#96;tell \${card}#96;, () =#62; …)"]
        n17 --> n23
        n21 --> n23
        end
      "
    `);
  });

  it('folds what is nested', () => {
    expect(`\n${toText(foldedFigure(figure, 1), 70, plain)}`).toMatchInlineSnapshot(`
      "
      order
      ├─ lines.length === 0 ?  yes → return 'nothing'
      ├─ ∥ Promise.all: all done
      │  └─ ∥ for each of lines
      │     └─ ƒ stock(line)
      ├─ ↻ for each line of lines
      │  └─ ⋯ 2 steps
      ├─ try
      │  ├─ ⋯ 2 steps
      │  └─ ends
      ├─ catch error
      │  ├─ ƒ refund(card)
      │  └─ throw error
      └─ finally
         └─ ƒ step(\`tell \${card}\`, () => …)
      "
    `);
  });

  it('draws an SVG that is well formed, with the full text of what is cut off', () => {
    const svg = toSvg(layoutOf(figure), 'order', 'auto');
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).not.toMatch(/var\(|<script|NaN|undefined/);
    expect(tagsOf(svg)).toEqual([]);
    const long = figureOf('order', {
      functions: [],
      body: {
        kind: 'site',
        id: 'f',
        type: 'step',
        title: `f('${'<&"'.repeat(30)}')`,
        span: [1, 1, 1, 2],
      },
    });
    const cut = toSvg(layoutOf(long), 'order', 'dark');
    expect(cut).toContain(`${'&#60;&#38;&#34;'.repeat(30)}')</title>`);
    expect(cut).not.toContain('prefers-color-scheme');
    expect(tagsOf(cut)).toEqual([]);
  });

  it('measures in cells', () => {
    expect(cellsOf('注文 a')).toBe(6);
    expect(cellsOf('e\u0301')).toBe(1);
    expect(cutOff('注文を確認', 7)).toBe('注文を…');
    expect(cutOff('abc', 3)).toBe('abc');
  });
});

describe('the command', () => {
  const run = (...args: string[]): Promise<Ended> => commandIn(folder, ['graph', ...args]);

  it('prints without colours where nobody looks', async () => {
    const { output, status } = await run('order.ts');
    expect(status).toBe(0);
    expect(output).toContain('order\n├─ lines.length === 0 ?  yes → return');
    expect(output).not.toContain('\u001b');
  });

  it('writes the format that the name of the output says', async () => {
    expect((await run('order.ts', 'order', '-o', 'order.svg')).status).toBe(0);
    expect(readFileSync(join(folder, 'order.svg'), 'utf8')).toMatch(/^<svg/);
    expect((await run('order.ts', '-o', 'order.mmd')).status).toBe(0);
    expect(readFileSync(join(folder, 'order.mmd'), 'utf8')).toMatch(/^flowchart TD/);
  });

  it('prints the flow as JSON', async () => {
    const [first] = JSON.parse((await run('order.ts', '--json')).output) as {
      id: string;
      flow: { body: { kind: string } };
    }[];
    expect(first).toMatchObject({ flow: { body: { kind: 'seq' } } });
  });

  it.each([
    [['missing.ts'], 'There is no file missing.ts'],
    [['order.ts', 'other'], 'It has order.'],
    [['order.ts', '--format', 'png'], '--format takes text, svg, mermaid, json'],
    [['order.ts', '--fold', 'x'], '--fold takes a number'],
    [['order.ts', '--theme', 'blue', '-f', 'svg'], '--theme takes'],
  ])('says what is wrong with %s', async (args, message) => {
    const { errors, status } = await run(...args);
    expect(errors).toContain(message);
    expect(status).toBe(2);
  });

  it('marks what was changed since a revision', async () => {
    const git = (...args: string[]): void => {
      const identity = ['-c', 'user.name=test', '-c', 'user.email=test@localhost'];
      expect(spawnSync('git', [...identity, ...args], { cwd: folder }).status, args.join(' ')).toBe(0);
    };
    const path = join(folder, 'pay.ts');
    const write = (calls: string): void =>
      writeFileSync(path, `export async function pay(c: string) {\n'use durable';\n${calls}\n}\n`);
    write("await charge(c); await mail(c, 'old'); await log(c);");
    git('init', '-q');
    git('add', 'pay.ts');
    git('commit', '-qm', 'pay');
    write("await check(c); await charge(c); await mail(c, 'new');");
    expect(`\n${(await run('pay.ts', '--diff', 'HEAD')).output}`).toMatchInlineSnapshot(`
      "
      pay
      ├─ + check(c)
      ├─ ƒ charge(c)
      └─ ± mail(c, 'new')  was mail(c, 'old')

      removed
      └─ − log(c)
      "
    `);
    expect((await run('pay.ts', '--diff', 'HEAD', '-f', 'svg')).output).toContain('class="box added"');
    expect((await run('order.ts', '--diff', 'HEAD')).output).toContain('order\n├─ new\n');
    expect((await run('pay.ts', '--diff', 'nowhere')).errors).toContain(
      'Git knows no revision "nowhere" here.',
    );
    expect((await run('--diff', 'HEAD')).errors).toContain('--diff takes a source file');
  });

  it('lays a run of a store over the drawing, without the source', async () => {
    const store = fileStore(join(folder, 'runs.db'));
    const [order] = functionsOf(file);
    const { manifests } = compile(SOURCE, { fileName: 'order.ts' }, 'none');
    const { flow, sites, line } = manifests.get('order')!;
    const manifest = { fn: 'order', file: 'order.ts', line, version: order!.version, sites, flow };
    await store.swap(`manifest:order@${order!.version}`, undefined, JSON.stringify(manifest));
    const at = Date.now();
    const started = { type: 'run-started', version: 3, fn: 'order', input: '', seed: '', at } as const;
    const claim = await store.create(
      'order-7',
      { ...started, code: { order: order!.version } },
      { worker: 'dead', pid: 0, host: 'nowhere', leaseUntil: 0 },
    );
    const charged = { type: 'step', key: 'charge', ok: true, value: '', startedAt: at, attempt: 1 } as const;
    await store.append([{ claim: claim!, seq: 1, events: [{ ...charged, at: at + 5, worker: 'dead' }] }]);
    await store.close();
    const { output, errors } = await run('--store', 'runs.db', '--run', 'order-7');
    expect(output, errors).toContain('✓ Take the money');
    expect(output).toContain('ƒ Send the parcel');
    expect((await run('--store', 'runs.db', '--run', 'order-8')).errors).toContain(
      'There is no run "order-8" in runs.db.',
    );
    expect((await run('--store', 'other.db', '--run', 'order-7')).errors).toContain(
      'There is no store at other.db.',
    );
    expect((await run('--run', 'order-7')).errors).toContain('There is no store at .durable/runs.db');
  });

  it('says that a file has no durable function', async () => {
    writeFileSync(join(folder, 'plain.ts'), 'export const a = 1;\n');
    expect((await run('plain.ts')).errors).toContain('plain.ts has no durable function.');
  });

  it('says that the output can not be written', async () => {
    const { status, errors } = await run('order.ts', 'order', '-o', 'no-such-folder/order.svg');
    expect(status).toBe(2);
    expect(errors).toMatch(/^error: no-such-folder\/order\.svg can't be written: ENOENT.*\n$/);
  });
});

/** Tags that are not closed in order. */
function tagsOf(svg: string): string[] {
  const open: string[] = [];
  for (const [, close, name, self] of svg.matchAll(/<(\/?)([a-z]+)(?:[^<>"]|"[^"]*")*?(\/?)>/g)) {
    if (self === '/') continue;
    if (close === '') open.push(name!);
    else if (open.pop() !== name) return [name!];
  }
  return open;
}
