/** What a handler returns is JSON: what that would lose in silence is refused. */

import { SerializationError } from '../../base/errors.ts';
import { lambdaResultNotJson } from '../../base/messages/aws.ts';

/**
 * Checks that JSON carries a result without loss, or as its class wants it (`toJSON`): a Date becomes a text.
 *
 * @throws SerializationError that names the path to a part that JSON would lose or change
 */
export function checkJson(value: unknown, path = 'result', above: readonly object[] = []): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'undefined':
      if (above.length === 0 || !Array.isArray(above.at(-1))) return;
      throw refuse(path, 'undefined in an array, which JSON makes null');
    case 'number':
      if (Number.isFinite(value) && !Object.is(value, -0)) return;
      throw refuse(path, Object.is(value, -0) ? '-0' : String(value));
    case 'object':
      if (value !== null) checkObject(value, path, above);
      return;
    default:
      throw refuse(path, `a ${typeof value}`);
  }
}

function checkObject(value: object, path: string, above: readonly object[]): void {
  if (above.includes(value)) throw refuse(path, 'a cycle');
  if (typeof Reflect.get(value, 'toJSON') === 'function') return;
  const inside = [...above, value];
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) checkJson(value[index], `${path}[${index}]`, inside);
    return;
  }
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag !== 'Object') throw refuse(path, `a ${tag}`);
  for (const [key, part] of Object.entries(value)) checkJson(part, `${path}.${key}`, inside);
}

const refuse = (path: string, found: string): SerializationError =>
  new SerializationError(lambdaResultNotJson(path, found), path);
