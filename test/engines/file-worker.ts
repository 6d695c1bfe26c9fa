/**
 * The process in which the engine `file` runs functions: drives the run that its arguments name to its end, together with
 * those that it starts.
 */
import { createRuntime, fileStore } from '../../runtime/index.ts';
import { decode } from '../../runtime/values/codec.ts';
import { functionOf, importPrograms } from './load.ts';

const [path = '', id = '', module = '', fn = '', args = '[]'] = process.argv.slice(2);
const store = fileStore(path);
const runtime = createRuntime({ store });
const program = functionOf(await importPrograms('compiled'), { module, fn });
const handle = await runtime.start(program, decode(args) as unknown[], { id });
await runtime.recover();
await Promise.allSettled([handle.result()]);
process.exit(0);
