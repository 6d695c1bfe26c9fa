/** A real tsserver in a process of its own, spoken to by its protocol. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Project } from './project.ts';

const SERVER = fileURLToPath(new URL('../node_modules/typescript/lib/tsserver.js', import.meta.url));

/** Lines and offsets count from 1. */
export interface Location {
  readonly line: number;
  readonly offset: number;
}

interface Answer {
  readonly type: 'response' | 'event';
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  readonly body?: unknown;
}

interface Waiting {
  resolve(body: unknown): void;
  reject(error: Error): void;
}

export class TsServer {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, Waiting>();
  readonly #project: Project;
  #sequence = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(project: Project) {
    this.#project = project;
    const log = ['--logVerbosity', 'terse', '--logFile', project.path('tsserver.log')];
    const args = [SERVER, '--disableAutomaticTypingAcquisition', '--suppressDiagnosticEvents', ...log];
    this.#process = spawn(process.execPath, args, { cwd: project.folder });
    this.#process.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#process.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('tsserver has ended'));
    });
  }

  /** Opens a file with a text, which may differ from what is on disk. */
  open(file: string, text: string): void {
    this.#send('open', { file: this.#project.path(file), fileContent: text });
  }

  /** What an editor sends while somebody types: the text in place of the whole file. */
  type(file: string, before: string, text: string): void {
    const lines = before.split('\n');
    this.#send('change', {
      file: this.#project.path(file),
      line: 1,
      offset: 1,
      endLine: lines.length,
      endOffset: (lines.at(-1)?.length ?? 0) + 1,
      insertString: text,
    });
  }

  /** @throws where the server answers that it failed */
  async ask<Body>(command: string, file: string, args: object = {}): Promise<Body> {
    const answer = new Promise<unknown>((resolve, reject) => {
      const sequence = this.#send(command, { file: this.#project.path(file), ...args });
      this.#waiting.set(sequence, { resolve, reject });
    });
    return (await answer) as Body;
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#send('exit', {});
    await ended;
  }

  #send(command: string, args: object): number {
    this.#sequence++;
    const request = { seq: this.#sequence, type: 'request', command, arguments: args };
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    return this.#sequence;
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const head = /^Content-Length: (\d+)\r\n\r\n/.exec(this.#rest.toString('latin1', 0, 60));
      const end = head ? head[0].length + Number(head[1]) : Number.POSITIVE_INFINITY;
      if (!head || this.#rest.length < end) return;
      this.#take(JSON.parse(this.#rest.toString('utf8', head[0].length, end)) as Answer);
      this.#rest = this.#rest.subarray(end);
    }
  }

  #take({ type, request_seq: of, success, message, body }: Answer): void {
    const waiting = type === 'response' && of !== undefined ? this.#waiting.get(of) : undefined;
    if (!waiting || of === undefined) return;
    this.#waiting.delete(of);
    // "No content available" is how a hover without an answer is told.
    if (success || message === 'No content available.') waiting.resolve(body);
    else waiting.reject(new Error(message));
  }
}

/** The place of the first character of a part of a text. */
export function locationOf(text: string, part: string, from = 0): Location {
  const at = text.indexOf(part, from);
  if (at === -1) throw new Error(`${part} is not in the text`);
  const lines = text.slice(0, at).split('\n');
  return { line: lines.length, offset: (lines.at(-1)?.length ?? 0) + 1 };
}
