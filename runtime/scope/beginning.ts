/**
 * How a call begins that is not awaited in place:
 * - `start`: its promise is used in the function; if it returns no promise, that is recorded;
 * - `used`: as `start`, and members of its result are used as well;
 * - `maybe`: as `start`, but if it returns no promise, nothing is recorded;
 * - `handed`: as `maybe`, and its result goes to other code, which has to handle a rejection;
 * - `passed`: as `handed`, several times;
 * - `object`: members of its result are used;
 * - `handle`: its result is used for one awaited call or read of a member only;
 * - `shared`: its result is used for several of these.
 */
export type Beginning = 'start' | 'used' | 'maybe' | 'handed' | 'passed' | 'object' | 'handle' | 'shared';

/** Whether nothing is recorded of the call if it returns no promise. */
export const isQuiet = (beginning: Beginning): boolean => beginning !== 'start' && beginning !== 'used';

/** Whether the result is used in more than one way. */
export const isSeveral = (beginning: Beginning): boolean =>
  ['used', 'passed', 'object', 'shared'].includes(beginning);

/** Whether the result goes to other code. */
export const isHanded = (beginning: Beginning): boolean => beginning === 'handed' || beginning === 'passed';

/** Whether the result is used only for its members, which are awaited. */
export const isOfHandle = (beginning: Beginning): boolean => beginning === 'handle' || beginning === 'shared';
