import { holdToContract } from './contract.ts';
import { restate } from './restate.ts';

holdToContract(restate(Number(process.env.ENGINE_KILLS ?? 2)));
