/** A library that hands on the functions of the package; in a plain program their plain meaning stands in for it. */
export { sleep, sleep as pause, step } from 'use-durable';
