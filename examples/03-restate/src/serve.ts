import { toRestate } from 'use-durable/restate';
import { registerUser } from '../../01-registration/src/register.js';

/** The registration of the first example, unchanged, as a service of Restate. */
const { url } = await toRestate({ registerUser }).listen(Number(process.env.PORT ?? 9080), process.env.HOST);
console.info(`serving registerUser at ${url}`);
