import { double } from './steps.js';

const Price = ({ n }: { n: number }) => <b>{n}</b>;

export const render = async <T,>(n: T & number): Promise<unknown> => {
  'use durable';
  const all = [<Price key="a" n={await double(n)} />];
  return { view: <p title={`${await double(1)}`}>{all}</p>, type: typeof Price };
};
