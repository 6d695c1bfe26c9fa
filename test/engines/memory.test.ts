import { holdToContract } from './contract.ts';
import { memory } from './memory.ts';

holdToContract(memory, process.env.ENGINE_KILLS === undefined ? 6 : 1);
