import type { FlowNode, FunctionFlow } from '../../transformer/base/flow.ts';

/** A flow as indented text, one line for each box and each construct, with the places of boxes. */
export function flowText({ body, functions }: FunctionFlow): string {
  const lines: string[] = [];
  write(body, 1);
  for (const [index, fn] of functions.entries()) {
    const { name, scope, async: isAsync, stored, span } = fn;
    const facts = [
      isAsync ? 'async' : '',
      stored ? 'stored' : '',
      scope === undefined ? '' : `scope ${scope}`,
    ];
    put(
      1,
      `function ${index} ${name}${facts.map((fact) => (fact === '' ? '' : `, ${fact}`)).join('')}`,
      span,
    );
    write(fn.body, 2);
  }
  return `${lines.join('\n')}\n`;

  function put(depth: number, text: string, span?: readonly number[]): void {
    const place = span === undefined ? '' : `  ${span[0]}:${span[1]}-${span[2]}:${span[3]}`;
    lines.push(`${'  '.repeat(depth)}${text}${place}`);
  }

  function part(title: string, node: FlowNode, depth: number): void {
    if (node.kind === 'seq' && node.items.length === 0) return;
    put(depth, title);
    write(node, depth + 1);
  }

  function write(node: FlowNode, depth: number): void {
    switch (node.kind) {
      case 'seq':
        for (const item of node.items) write(item, depth);
        return;
      case 'site': {
        const { id, type, title, label, also, pattern, of, started, maybe, many, outer, span } = node;
        const facts = [
          label === undefined ? '' : `"${label}"`,
          also === undefined ? '' : `also ${also.join(', ')}`,
          pattern === undefined ? '' : `named ${pattern}`,
          of === undefined ? '' : `of ${of}`,
          started ? 'not awaited' : '',
          maybe ? 'perhaps' : '',
          many ? 'each call' : '',
          outer ? 'key of the function around' : '',
        ].filter((fact) => fact !== '');
        return put(depth, [`${type} ${id}: ${title}`, ...facts].join(' | '), span);
      }
      case 'if':
        put(depth, `${node.via} ${node.on}`, node.span);
        part('yes', node.yes, depth + 1);
        return part('no', node.no, depth + 1);
      case 'switch':
        put(depth, `switch ${node.on}`, node.span);
        for (const { test, reach, body: inner } of node.cases) {
          put(depth + 1, test === undefined ? 'default' : `case ${test}`);
          part('first', reach, depth + 2);
          write(inner, depth + 2);
        }
        return;
      case 'loop':
        put(
          depth,
          `${node.label === undefined ? '' : `${node.label}: `}${node.type} ${node.head}${node.endless ? ' | endless' : ''}`,
          node.span,
        );
        part('test', node.test, depth + 1);
        write(node.body, depth + 1);
        return part('update', node.update, depth + 1);
      case 'block':
        put(depth, `${node.label}:`, node.span);
        return write(node.body, depth + 1);
      case 'try':
        put(depth, 'try', node.span);
        write(node.body, depth + 1);
        if (node.catch) {
          put(depth, `catch ${node.catch.param}`.trim());
          write(node.catch.body, depth + 1);
        }
        if (node.finally) part('finally', node.finally, depth);
        return;
      case 'parallel':
        put(depth, `Promise.${node.how} ${node.id}`, node.span);
        for (const branch of node.branches) part('branch', branch, depth + 1);
        return;
      case 'use':
        return put(
          depth,
          `${node.how} function ${node.fn} by ${node.by}${node.together ? ' | side by side' : ''}`,
          node.span,
        );
      case 'jump':
        return put(depth, node.title === undefined ? node.type : `${node.type} ${node.title}`, node.span);
      case 'yield':
        return put(depth, `yield ${node.title}`, node.span);
    }
  }
}
