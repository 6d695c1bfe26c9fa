/** Private members of classes, which nobody outside can read: found in the source text of what uses them. */

/** Of JavaScript, and of what compilers make of it for older targets. */
const USE = /[.\s(!]#[\p{ID_Start}$_][\p{ID_Continue}$]*|\b_{1,2}(?:classPrivate|private)\w*\(/u;

/**
 * Methods of a class, static ones too, that use private members. Accessors aren't among them: what they give is carried.
 *
 * @returns shown as `is()` and `retryAfter()`
 */
export function privateUses(prototype: object): readonly string[] {
  const names: string[] = [];
  for (let base = prototype; base !== null && base !== Object.prototype; base = Object.getPrototypeOf(base)) {
    const cls: unknown = Object.getOwnPropertyDescriptor(base, 'constructor')?.value;
    const found = methodsOf(base).filter(([, method]) => method !== cls);
    const statics = typeof cls === 'function' ? methodsOf(cls) : [];
    for (const [name, method] of [...found, ...statics]) {
      if (USE.test(Function.prototype.toString.call(method)) && !names.includes(name)) names.push(name);
    }
  }
  return names.map((name) => `${name}()`);
}

function methodsOf(holder: object): [string, () => unknown][] {
  return Object.entries(Object.getOwnPropertyDescriptors(holder)).flatMap(([name, { value }]) =>
    typeof value === 'function' ? [[name, value as () => unknown]] : [],
  );
}
