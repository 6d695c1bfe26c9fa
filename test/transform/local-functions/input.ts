import { effect, later } from '../../support/effects.ts';

interface Node {
  readonly name: string;
  readonly children?: readonly Node[];
}

const TREE: Node = { name: 'root', children: [{ name: 'a', children: [{ name: 'aa' }] }, { name: 'b' }] };

async function visit(name: string): Promise<string> {
  effect(`visit ${name}`);
  return later(1, name.toUpperCase());
}

export async function main(): Promise<unknown> {
  'use durable';
  const early = await hoisted('early');

  async function hoisted(name: string): Promise<string> {
    return `<${await visit(name)}>`;
  }

  async function walk(node: Node, depth = 0): Promise<string[]> {
    const names = [`${depth}${await visit(node.name)}`];
    for (const child of node.children ?? []) names.push(...(await walk(child, depth + 1)));
    return names;
  }

  const parallel = async (node: Node): Promise<number> => {
    await visit(`p-${node.name}`);
    const counts = await Promise.all((node.children ?? []).map(parallel));
    return counts.reduce((a, b) => a + b, 1);
  };

  const isEven = async (n: number): Promise<boolean> => (n === 0 ? true : isOdd(n - 1));
  const isOdd = async (n: number): Promise<boolean> => {
    if (n === 0) return false;
    await visit(`odd ${n}`);
    return await isEven(n - 1);
  };

  const factorial = async function again(n: number): Promise<number> {
    if (n <= 1) return 1;
    await visit(`${n}!`);
    return n * (await again(n - 1));
  };

  function sync(n: number): number {
    return n <= 0 ? 0 : n + sync(n - 1);
  }

  return {
    early,
    walked: await walk(TREE),
    count: await parallel(TREE),
    even: [await isEven(4), await isEven(3)],
    factorial: await factorial(4),
    sync: sync(4),
    names: [hoisted.name, hoisted.length, parallel.name, factorial.name, walk.length],
  };
}
