/** What can't be done on this engine, and what to do instead. */

import { UnsupportedError } from '../../base/errors.ts';
import {
  lambdaChildIdShared,
  lambdaSignalWithoutHook,
  lambdaTargetUnknown,
  lambdaWaitTooLong,
} from '../../base/messages/aws.ts';

export const tooLong = (what: string): UnsupportedError => new UnsupportedError(lambdaWaitTooLong(what));

export const noHook = (name: string): UnsupportedError => new UnsupportedError(lambdaSignalWithoutHook(name));

export const sharedId = (id: string): UnsupportedError => new UnsupportedError(lambdaChildIdShared(id));

export const noTarget = (fn: string): UnsupportedError => new UnsupportedError(lambdaTargetUnknown(fn));
