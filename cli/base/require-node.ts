/**
 * The command imports this first, and ends on a Node that is too old. What all commands import takes no names from Node's
 * modules that older versions lack, since that would be an error of the loader before this is reached.
 */
import { nodeTooOld } from '../../transformer/base/supported-node.ts';

const problem = nodeTooOld(process.versions.node);
if (problem !== undefined) {
  console.error(problem);
  process.exit(2);
}
