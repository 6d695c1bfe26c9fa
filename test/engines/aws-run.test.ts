import { expect, it } from 'vitest';
import { GREETED, runGreet } from '../process/examples/run.ts';

it('examples/run.ts --engine lambda', async () => {
  expect(await runGreet('lambda', 'Ada')).toMatchObject({ status: 0, output: GREETED });
  const { status, errors } = await runGreet('lambda', 'nobody');
  expect(status).toBe(1);
  expect(errors).toContain('RangeError: nobody is here');
});
