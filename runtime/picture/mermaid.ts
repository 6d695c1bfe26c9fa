import type { Figure, Loop, Part, Pill } from './figure.ts';

/** A figure as text for Mermaid, which GitHub and others draw in Markdown. */
export function toMermaid(figure: Figure): string {
  const writer = new MermaidWriter();
  writer.write(figure.body, []);
  for (const { title, body } of figure.panels) writer.frame(title, () => void writer.write(body, []));
  return `flowchart TD\n${writer.lines.map((one) => `  ${one}\n`).join('')}`;
}

/** Where something goes on from. */
interface Exit {
  readonly node: string;
  readonly label?: string;
}

interface Around {
  readonly label: string | undefined;
  readonly head: string;
  readonly left: Exit[];
}

class MermaidWriter {
  readonly lines: string[] = [];
  #count = 0;
  readonly #loops: Around[] = [];
  /** What leaves the function. */
  readonly #ended: Exit[] = [];

  /** @returns where the part goes on from */
  write(part: Part, from: readonly Exit[]): readonly Exit[] {
    switch (part.kind) {
      case 'row':
        return this.#row(part.parts, from);
      case 'box': {
        const note = part.note === undefined ? '' : `<br/><small>${quoted(part.note)}</small>`;
        const badge = part.badge === undefined ? '' : ` (${quoted(part.badge)})`;
        const text = `"${quoted(`${part.icon} ${part.title}`)}${badge}${note}"`;
        return [{ node: this.#node(part.isWait ? `([${text}])` : `[${text}]`, from) }];
      }
      case 'pill':
        return this.#pill(part, from);
      case 'choice': {
        const node = this.#node(`{"${quoted(part.title)}"}`, from);
        return part.branches.flatMap(({ label, body }) => this.write(body, [{ node, label }]));
      }
      case 'loop':
        return this.#loop(part, from);
      case 'frame':
        return this.frame(part.title, () => this.write(part.body, from)).exits;
      case 'guarded': {
        const { id, exits } = this.frame('try', () => this.write(part.body, from));
        const caught = this.frame(part.caught.title, () => {
          const node = this.#node(`(["${quoted(part.caught.title)}"])`, []);
          return this.write(part.caught.body, [{ node }]);
        });
        this.lines.push(`${id} -. throws .-> ${caught.id}`);
        return [...exits, ...caught.exits];
      }
      case 'parallel': {
        const node = this.#node(`[/"${quoted(part.title)}"/]`, from);
        const exits = part.branches.flatMap((branch) => this.write(branch, [{ node }]));
        return [{ node: this.#node(`[\\"${part.join}"\\]`, exits) }];
      }
    }
  }

  frame(
    title: string,
    inside: () => readonly Exit[] | undefined,
  ): { readonly id: string; readonly exits: readonly Exit[] } {
    const id = `f${++this.#count}`;
    this.lines.push(`subgraph ${id} ["${quoted(title)}"]`);
    const exits = inside() ?? [];
    this.lines.push('end');
    return { id, exits };
  }

  #row(parts: readonly Part[], from: readonly Exit[]): readonly Exit[] {
    let exits = from;
    let start = this.#ended.length;
    for (const part of parts) {
      // What leaves goes through `finally` first.
      const leaves = part.kind === 'frame' && part.look === 'finally' && part.leaves === true;
      const ended = this.#ended.slice(start);
      start = this.#ended.length;
      exits = this.write(part, leaves ? ended : exits);
    }
    return exits;
  }

  #node(shape: string, from: readonly Exit[]): string {
    const node = `n${++this.#count}`;
    this.lines.push(`${node}${shape}`);
    this.#link(from, node);
    return node;
  }

  #link(from: readonly Exit[], to: string): void {
    for (const { node, label } of from)
      this.lines.push(label === undefined ? `${node} --> ${to}` : `${node} -- "${quoted(label)}" --> ${to}`);
  }

  #pill({ title, look, ends }: Pill, from: readonly Exit[]): readonly Exit[] {
    const jump = look === 'jump' ? /(break|continue)(?: (\S+))?$/.exec(title) : null;
    const loop = jump && this.#loops.findLast(({ label }) => jump[2] === undefined || label === jump[2]);
    const node = this.#node(`(["${quoted(title)}"])`, from);
    if (loop && jump[1] === 'continue') this.#link([{ node }], loop.head);
    else if (loop) loop.left.push({ node });
    if (ends && look !== 'jump') this.#ended.push({ node });
    return ends ? [] : [{ node }];
  }

  #loop({ title, body, ends, endless }: Loop, from: readonly Exit[]): readonly Exit[] {
    const left: Exit[] = [];
    const { exits } = this.frame(title, () => {
      const head = this.#node(`{{"${quoted(title)}"}}`, from);
      this.#loops.push({ label: /^↻ ([\w$]+): /.exec(title)?.[1], head, left });
      this.#link(this.write(body, [{ node: head }]), head);
      this.#loops.pop();
      return endless ? [] : [{ node: head, label: 'done' }];
    });
    return ends ? [...exits, ...left] : [];
  }
}

/** Characters that Mermaid would read as its own. */
const quoted = (text: string): string =>
  text.replace(/[#"<>&`\\]/g, (character) => `#${character.charCodeAt(0)};`);
