/** Runs files one after the other, and prints as JSON what each has printed and how it has failed. */
import { format } from 'node:util';

const results = {};
let printed = '';
let error;
const fail = (reason) => {
  error ??= format(reason);
};
for (const method of ['log', 'info']) {
  console[method] = (...args) => {
    printed += `${format(...args)}\n`;
  };
}
process.on('warning', (warning) => {
  // Of `node:sqlite` in Node 22.
  if (warning.name === 'ExperimentalWarning') return;
  // Results of databases have methods, and pages say that these are left out.
  if (warning.code !== 'USE_DURABLE_LEFT_OUT') fail(warning);
});
// An unhandled rejection ends this process: with a listener for it, those of runs would come here too.

for (const file of process.argv.slice(2)) {
  printed = '';
  error = undefined;
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('It has not ended within 20 s.')), 20_000);
  });
  await Promise.race([import(file), late]).catch(fail);
  clearTimeout(timer);
  // Warnings come a turn later.
  await new Promise((resolve) => setImmediate(resolve));
  results[file] = { printed, error };
}
process.stdout.write(`\n${JSON.stringify(results)}\n`, () => process.exit());
