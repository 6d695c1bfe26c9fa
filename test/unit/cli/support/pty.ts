/** The command in a pseudo-terminal, and in a pipe whose reader leaves early. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Ended } from './command.ts';

const main = fileURLToPath(new URL('../../../../cli/main.ts', import.meta.url));

/** Python's module `pty`: its child has a terminal of so many columns, whose output is passed on. */
const DRIVER = `
import fcntl, os, pty, struct, sys, termios
columns, answer, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    os.execvp(command[0], command)
seen = b''
while True:
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    seen += data
    if answer and b'(y/N)' in seen:
        os.write(fd, answer.encode())
        answer = ''
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(status))
`;

export interface Terminal {
  readonly cwd: string;
  readonly columns: number;
  /** Typed at a question. */
  readonly answer?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Output and errors are one stream there. */
export function inTerminal(args: readonly string[], { cwd, columns, answer = '', env }: Terminal): Ended {
  const command = ['-c', DRIVER, String(columns), answer, process.execPath, main, ...args];
  const { FORCE_COLOR: _, NO_COLOR: __, CI: ___, ...inherited } = process.env;
  const { status, stdout, stderr } = spawnSync('python3', command, {
    encoding: 'utf8',
    cwd,
    env: { ...inherited, TERM: 'xterm-256color', ...env },
    maxBuffer: 2 ** 28,
  });
  return { status, output: stdout.replaceAll('\r\n', '\n'), errors: stderr };
}

/** Whether there is a Python that can do that. */
export const hasTerminal = spawnSync('python3', ['-c', 'import pty']).status === 0;

/** The status and the errors of the command, and what a reader got of its output that closed it early. */
export function piped(cwd: string, reader: string, ...args: readonly string[]): Ended {
  const quoted = [process.execPath, main, ...args].map((word) => `'${word}'`).join(' ');
  const script = `set -o pipefail; ${quoted} | ${reader}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8', cwd });
  return { status, output: stdout, errors: stderr };
}
