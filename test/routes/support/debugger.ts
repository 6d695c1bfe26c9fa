/** A debugger as editors are: it sets a breakpoint at a line of a source, by the map of the script, and sees where it holds. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { generatedPositionFor, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import type { Project } from './project.ts';

export interface Paused {
  /** Of the source, from 1. */
  readonly line: number | null;
  /** The variables of the function, with their types or values as text. */
  readonly locals: Readonly<Record<string, string>>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: each message of the protocol has a form of its own.
  readonly params?: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly result?: any;
}

/** Runs a program to the first call at a line of one of its files. */
export async function pausedAt(
  project: Project,
  args: readonly string[],
  file: string,
  line: number,
): Promise<Paused> {
  const child = spawn(process.execPath, ['--inspect-brk=127.0.0.1:0', ...args], {
    cwd: project.folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    const session = await Session.open(await addressOf(child.stderr));
    try {
      return await session.pauseAt(pathToFileURL(project.path(file)).href, line);
    } finally {
      session.close();
    }
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

async function addressOf(stderr: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stderr) {
    text += String(chunk);
    const address = /ws:\/\/\S+/.exec(text)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error(`no debugger listens: ${text}`);
}

class Session {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (message: Message) => void>();
  #onEvent: (message: Message) => void = () => undefined;
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as Message;
      if (message.id === undefined) this.#onEvent(message);
      else this.#answers.get(message.id)?.(message);
    });
  }

  static async open(address: string): Promise<Session> {
    const socket = new WebSocket(address);
    await once(socket, 'open');
    return new Session(socket);
  }

  close(): void {
    this.#socket.close();
  }

  #send(method: string, params: object = {}): Promise<Message> {
    const id = ++this.#last;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => this.#answers.set(id, resolve));
  }

  async pauseAt(url: string, line: number): Promise<Paused> {
    let map: TraceMap | undefined;
    let scriptId: unknown;
    const paused = new Promise<Message>((resolve) => {
      this.#onEvent = (message) => {
        const { method, params } = message;
        if (method === 'Debugger.scriptParsed' && params.url === url && params.sourceMapURL !== '') {
          const text = Buffer.from(
            String(params.sourceMapURL).replace(/^.*base64,/, ''),
            'base64',
          ).toString();
          map = new TraceMap(text, url);
          const [source] = map.resolvedSources;
          const { line: at } = generatedPositionFor(map, { source: source ?? '', line, column: 2 });
          scriptId = params.scriptId;
          const location = { scriptId, lineNumber: (at ?? 0) - 1 };
          void this.#send('Debugger.setBreakpoint', { location });
        } else if (method === 'Debugger.paused') {
          // The first pause is at the begin of the program, so that breakpoints can be set.
          if (params.hitBreakpoints.length > 0 && params.callFrames[0].location.scriptId === scriptId)
            resolve(message);
          else void this.#send('Debugger.resume');
        }
      };
    });
    await this.#send('Debugger.enable');
    await this.#send('Runtime.enable');
    await this.#send('Runtime.runIfWaitingForDebugger');
    const [frame] = (await paused).params.callFrames;
    if (map === undefined) throw new Error('paused in a script without a map');
    const { lineNumber, columnNumber } = frame.location;
    const { line: at } = originalPositionFor(map, { line: lineNumber + 1, column: columnNumber });
    const { objectId } = frame.scopeChain[0].object;
    const { result } = await this.#send('Runtime.getProperties', { objectId });
    const locals = (
      result.result as { name: string; value?: { description?: string; value?: unknown } }[]
    ).map(({ name, value }) => [name, value?.description ?? String(value?.value)]);
    return { line: at, locals: Object.fromEntries(locals) as Record<string, string> };
  }
}
