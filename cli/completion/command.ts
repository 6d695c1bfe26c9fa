import { Argument, type Command } from 'commander';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
/** The scripts call this one for what fits. */
const ASK = 'complete';
const SCRIPT = 'completion';

/**
 * Adds `durable completion`, and the command that its scripts call. What they need is loaded for them alone.
 *
 * @param program with all other commands
 * @param name of the command that is executed, if any
 */
export async function addCompletion(program: Command, name: string | undefined): Promise<void> {
  if (name === ASK || name === SCRIPT) {
    const { default: addTo } = await import('@bomb.sh/tab/commander');
    addTo(program, { completionCommandName: SCRIPT });
    return;
  }
  program
    .command(SCRIPT)
    .description('Print a script with which a shell completes this command.')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS));
}
