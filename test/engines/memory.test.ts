import { holdToContract } from './contract.ts';
import { memory } from './memory.ts';

holdToContract(memory);
