/** Lists the parts that a value loses in a journal, one by one. */
import { theMethodsOf } from '../base/messages/values.ts';
import type { ClassScope } from './classes.ts';
import { Encoding } from './encoding.ts';
import type { Loss } from './error-losses.ts';
import { pathOf } from './layout.ts';
import { Survey } from './survey.ts';

/** @returns each part with its path below the value; nothing for a value that is carried whole, or is refused */
export function lossesOf(
  value: unknown,
  thrown: boolean,
  classes?: ClassScope,
): readonly Pick<Loss, 'path' | 'what'>[] {
  const encoding = new Encoding({ what: 'value', classes });
  try {
    if (thrown && typeof value === 'object' && value !== null) encoding.runThrown(value);
    else encoding.run(value);
    return ofErrors(encoding, value);
  } catch {
    return thrown ? [] : ofResult(value, classes);
  }
}

function ofResult(value: unknown, classes: ClassScope | undefined): readonly Pick<Loss, 'path' | 'what'>[] {
  const survey = new Survey(classes);
  if (!survey.covers(value)) return [];
  const encoding = new Encoding({ what: 'value', classes, parts: survey.parts });
  try {
    encoding.run(value);
  } catch {
    return [];
  }
  const lost = survey.lost.map((text) => {
    const [, path = '', what = text] = /^result(.*) \((.*)\)$/s.exec(text) ?? [];
    return { path, what };
  });
  const methods = [...survey.classes].map((name) => ({ path: '', what: theMethodsOf(name) }));
  return [...methods, ...lost, ...ofErrors(encoding, value)];
}

const ofErrors = (encoding: Encoding, value: unknown): Pick<Loss, 'path' | 'what'>[] =>
  encoding.losses.map(({ path, what, fate, root }) => ({
    path: pathTo(root, value) + path,
    what: fate === 'data only' ? theMethodsOf(what) : what,
  }));

/** Where an object is in a value, the nearest place first. */
function pathTo(target: object, value: unknown): string {
  const seen = new Set<unknown>();
  const queue: [unknown, string][] = [[value, '']];
  for (const [at, path] of queue) {
    if (at === target) return path;
    if (typeof at !== 'object' || at === null || seen.has(at)) continue;
    seen.add(at);
    if (at instanceof Map)
      for (const [key, one] of at) queue.push([one, `${path}.get(${JSON.stringify(key)})`]);
    else if (at instanceof Set) for (const one of at) queue.push([one, `${path}.values()`]);
    else
      for (const [key, { value: one }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
        queue.push([one, path + pathOf(key)]);
  }
  return '';
}
