/** Errors that each store throws. */

import { MisuseError, RuntimeClosedError } from '../base/errors.ts';
import { cursorUnknown, storeClosed } from '../base/messages/stores.ts';

export const closed = (name: string): RuntimeClosedError => new RuntimeClosedError(storeClosed(name));

export const unknownCursor = (cursor: string): MisuseError => new MisuseError(cursorUnknown(cursor));
