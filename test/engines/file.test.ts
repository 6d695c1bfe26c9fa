import { FULL } from '../support/tier.ts';
import { holdToContract } from './contract.ts';
import { file } from './file.ts';

const { ENGINE_KILLS } = process.env;

// A process takes a while to start; `npm run test:engines` kills more often, and interrupts all programs.
holdToContract(file(Number(ENGINE_KILLS ?? 1)), ENGINE_KILLS !== undefined ? 1 : FULL ? 12 : 24);
