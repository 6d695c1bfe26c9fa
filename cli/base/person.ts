import { userInfo } from 'node:os';

/**
 * Who uses the command, for the record of what was done to runs.
 *
 * @param command as it is called: `durable web`
 */
export const personAt = (command: string): string => `${command} (${userName()})`;

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the user may have no name.
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
