import { inspect } from './inspect.ts';

/** The process that `compile-apart.ts` starts: inspects what it is sent. */
Error.stackTraceLimit = 50;
process.on('message', (input: Parameters<typeof inspect>[0]) => process.send?.(inspect(input)));
