/**
 * The process in which the engine `file` runs functions: drives the run that its arguments name to its end, together with
 * those that it starts.
 */
import { DatabaseSync } from 'node:sqlite';
import { createRuntime, fileStore } from '../../runtime/index.ts';
import { decode } from '../../runtime/values/codec.ts';
import { functionOf, importPrograms } from './load.ts';

const [path = '', id = '', module = '', fn = '', args = '[]'] = process.argv.slice(2);
const store = fileStore(path);
// Here it is the tests that kill workers, and no run is to blame for that.
const database = new DatabaseSync(path);
database.exec('pragma busy_timeout = 5000; update runs set crashes = 0, crashes_alone = 0 where crashes > 0');
database.close();
const runtime = createRuntime({ store });
const program = functionOf(await importPrograms('compiled'), { module, fn });
const handle = await runtime.start(program, decode(args) as unknown[], { id });
await runtime.recover();
await Promise.allSettled([handle.result()]);
process.exit(0);
