'use durable';
import { job } from './steps.ts';

const pay = async (): Promise<unknown> => {
  return await job('a');
};

export default pay;
