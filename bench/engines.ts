import { awsFigures } from './engines-aws.ts';
import { formatFigures } from './measure.ts';

/** `node bench/engines.ts`: what the same work costs with us and written by hand on the SDK of each engine. */
console.log(formatFigures(await awsFigures()));
