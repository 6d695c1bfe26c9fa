/** What can't be done on this engine, and what to do instead. */
import { UnsupportedError } from '../../base/errors.ts';

export const tooLong = (what: string): UnsupportedError =>
  new UnsupportedError(`The ${what} is longer than 366 days, the longest wait that AWS Lambda takes.`);

export const noHook = (name: string): UnsupportedError =>
  new UnsupportedError(
    `waitFor("${name}"): on AWS Lambda a signal comes through a callback, whose token the sender must know. Give ` +
      'toLambda the option onWaitFor(name, token, run), which hands the token to the sender.',
  );

export const sharedId = (id: string): UnsupportedError =>
  new UnsupportedError(
    `startChild: on AWS Lambda an execution can't be found by an id, so another run that starts "${id}" would start it a ` +
      'second time. Let the id begin with currentRun().id, or leave it out.',
  );

export const noTarget = (fn: string): UnsupportedError =>
  new UnsupportedError(
    `startChild: which Lambda function runs "${fn}" isn't known. Give toLambda the option functions: { "${fn}": <ARN with ` +
      'version or alias> }.',
  );
