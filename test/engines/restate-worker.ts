/** The process that serves the programs to a Restate server, for tests that kill it. */
import { toRestate } from '../../runtime/engines/restate/index.ts';
import { importPrograms } from './load.ts';
import { servedFunctions } from './restate-functions.ts';

const [port = ''] = process.argv.slice(2);
await toRestate(servedFunctions(await importPrograms('compiled'))).listen(Number(port));
process.send?.('listening');
