import * as fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { readLock } from '../../transformer/lock/read-lock.ts';
import { lockFor } from '../support/locks.ts';
import { FULL } from '../support/tier.ts';
import { shapes } from './arbitrary.ts';
import { render } from './render.ts';

/**
 * Random edits of random programs keep the ids of what is the same. The order of calls says which is which, without the lock.
 */
const { LOCKED_PROGRAMS = FULL ? '400' : '60', RANDOM_SEED = '20260801' } = process.env;

const FILE = 'input.ts';
/** No program has this call. */
const INSERTED = 'get(987654, 1)';

/** The text after an edit; undefined where there is no place for it. */
type Edit = (source: string, file: ts.SourceFile, pick: (count: number) => number) => string | undefined;

const statementsIn = (file: ts.SourceFile): readonly ts.Statement[] => {
  const found: ts.Statement[] = [];
  const visit = (node: ts.Node, isDurable: boolean): void => {
    const within = isDurable || (ts.isBlock(node) && /^\{\s*'use durable/.test(node.getText(file)));
    if (within && ts.isBlock(node)) found.push(...node.statements.filter((one) => !isDirective(one)));
    ts.forEachChild(node, (child) => visit(child, within));
  };
  visit(file, false);
  return found;
};

const isDirective = (node: ts.Statement): boolean =>
  ts.isExpressionStatement(node) && ts.isStringLiteral(node.expression);

const EDITS: Readonly<Record<string, Edit>> = {
  insert(source, file, pick) {
    const places = statementsIn(file);
    const at = places[pick(places.length)]?.getStart(file);
    if (at === undefined) return undefined;
    return `${source.slice(0, at)}if (a > 99) await ${INSERTED};\n${source.slice(at)}`;
  },
  rename(source, file, pick) {
    const declared = new Map<string, number>();
    const barred = new Set<string>();
    const uses = new Map<string, ts.Identifier[]>();
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) {
        uses.set(node.text, [...(uses.get(node.text) ?? []), node]);
        const { parent } = node;
        if (
          (ts.isVariableDeclaration(parent) || ts.isParameter(parent)) &&
          parent.name === node &&
          isInBody(parent)
        )
          declared.set(node.text, (declared.get(node.text) ?? 0) + 1);
        else if (ts.isShorthandPropertyAssignment(parent) || ts.isBindingElement(parent))
          barred.add(node.text);
        else if (ts.isPropertyAccessExpression(parent) && parent.name === node) barred.add(node.text);
        else if ((ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent)) && parent.name === node)
          barred.add(node.text);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
    const names = [...declared]
      .filter(([name, count]) => count === 1 && !barred.has(name))
      .map(([name]) => name);
    const name = names[pick(names.length)];
    if (name === undefined) return undefined;
    const places = uses.get(name)!.map((use) => use.getStart(file));
    const other = `${name}Renamed`;
    let text = source;
    for (const at of places.toReversed()) text = text.slice(0, at) + other + text.slice(at + name.length);
    return text;
  },
  swap(source, file, pick) {
    const places = statementsIn(file).flatMap((one) => {
      const { statements } = one.parent as ts.Block;
      const next = statements[statements.indexOf(one) + 1];
      return next && ts.isExpressionStatement(next) && ts.isExpressionStatement(one)
        ? [[one, next] as const]
        : [];
    });
    const [one, next] = places[pick(places.length)] ?? [];
    if (!one || !next) return undefined;
    const [a, b, c, d] = [one.getStart(file), one.end, next.getStart(file), next.end];
    return (
      source.slice(0, a) + source.slice(c, d) + source.slice(b, c) + source.slice(a, b) + source.slice(d)
    );
  },
  extract(source, file, pick) {
    const places = statementsIn(file).filter(
      (one) => ts.isExpressionStatement(one) && ts.isAwaitExpression(one.expression),
    );
    const at = places[pick(places.length)];
    if (at === undefined) return undefined;
    // In a block of its own, so that the name is free.
    const text = source.slice(at.getStart(file), at.end);
    return `${source.slice(0, at.getStart(file))}{ const extracted = ${text} }${source.slice(at.end)}`;
  },
};

function isInBody(node: ts.Node): boolean {
  for (let at = node.parent; at; at = at.parent)
    if (ts.isBlock(at) && /^\{\s*'use durable/.test(at.getText())) return true;
  return false;
}

function check(source: string, kind: string, pick: (count: number) => number): void {
  const file = ts.createSourceFile(FILE, source, ts.ScriptTarget.ESNext, true);
  const edited = EDITS[kind]!(source, file, pick);
  if (edited === undefined) return;
  const before = lockFor(source, FILE);
  let after: string;
  try {
    after = lockFor(edited, FILE, before);
  } catch {
    // The compiler refuses the edited code.
    return;
  }
  const old = readLock(before).lock;
  seen.edits++;
  seen.kinds.add(kind);
  for (const [fn, { sites, scopes }] of readLock(after).lock) {
    const known = old.get(fn)!;
    expect(new Set(sites.map(({ id }) => id)).size, 'ids are given once').toBe(sites.length);
    const kept = sites.filter(({ call }) => call !== INSERTED);
    const byId = new Map(known.sites.map((site) => [site.id, site]));
    for (const [index, site] of kept.entries()) {
      seen.sites++;
      const same = byId.get(site.id);
      if (same === undefined) seen.renewed++;
      else if (same.print !== site.print && kind !== 'swap' && site.id !== known.sites[index]?.id)
        seen.wrong.push(`${kind}: ${same.call} is ${site.call}`);
      if (kind !== 'swap' && site.id !== known.sites[index]?.id) seen.others++;
    }
    if (kind === 'swap') continue;
    const ids = (list: readonly { readonly scope: string }[]): string =>
      list.map(({ scope }) => scope).join(' ');
    if (ids(scopes) !== ids(known.scopes)) seen.scopes++;
  }
}

/** Over all programs: ids that went to other calls, and ids and scopes that the same calls lost. */
const seen = {
  edits: 0,
  kinds: new Set<string>(),
  sites: 0,
  renewed: 0,
  others: 0,
  scopes: 0,
  wrong: [] as string[],
};

describe('random edits of random programs', () => {
  it('keep the ids of what is the same', { timeout: 300_000 }, () => {
    const programs = fc.sample(fc.tuple(shapes, fc.constantFrom(...Object.keys(EDITS)), fc.nat()), {
      numRuns: Number(LOCKED_PROGRAMS),
      seed: Number(RANDOM_SEED),
    });
    for (const [shape, kind, choice] of programs)
      check(render(shape).source, kind, (count) => (count === 0 ? 0 : choice % count));
    expect([...seen.kinds].sort()).toEqual(Object.keys(EDITS).sort());
    expect(seen.wrong).toEqual([]);
    if (process.env.RANDOM_SHOW) console.log(JSON.stringify({ ...seen, kinds: [...seen.kinds] }));
    expect((seen.renewed + seen.others + seen.scopes) / seen.sites).toBeLessThan(0.01);
  });
});
