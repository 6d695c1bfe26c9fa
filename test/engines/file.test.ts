import { holdToContract } from './contract.ts';
import { file } from './file.ts';

// A process takes a while to start; `npm run test:engines` kills more often.
holdToContract(file(Number(process.env.ENGINE_KILLS ?? 1)));
