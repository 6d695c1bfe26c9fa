/**
 * What tests change of the language itself (`delete Array.prototype[Symbol.iterator]`) is put back after each program: the
 * process goes on to compare, to report, and to run the next one.
 */
const { apply, defineProperty, deleteProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
const { has } = Set.prototype;

interface Kept {
  readonly owner: object;
  readonly keys: ReadonlySet<PropertyKey>;
  readonly properties: readonly { readonly key: PropertyKey; readonly descriptor: PropertyDescriptor }[];
}

/** @returns what puts all back; it depends on nothing that a test can change */
export function keepIntrinsics(): () => void {
  const kept = [...intrinsics()].map(keep);
  return () => {
    for (let index = 0; index < kept.length; index++) restore(kept[index]!);
  };
}

function keep(owner: object): Kept {
  const keys = ownKeys(owner);
  const properties = keys.map((key) => ({ key, descriptor: getOwnPropertyDescriptor(owner, key)! }));
  return { owner, keys: new Set(keys), properties };
}

function restore({ owner, keys, properties }: Kept): void {
  const now = ownKeys(owner);
  for (let index = 0; index < now.length; index++)
    if (!apply(has, keys, [now[index]])) deleteProperty(owner, now[index]!);
  for (let index = 0; index < properties.length; index++) {
    const { key, descriptor } = properties[index]!;
    if (!isSame(getOwnPropertyDescriptor(owner, key), descriptor)) defineProperty(owner, key, descriptor);
  }
}

const isSame = (now: PropertyDescriptor | undefined, before: PropertyDescriptor): boolean =>
  now !== undefined &&
  now.value === before.value &&
  now.get === before.get &&
  now.set === before.set &&
  now.writable === before.writable &&
  now.enumerable === before.enumerable &&
  now.configurable === before.configurable;

/** The globals, their prototypes, and the prototypes that have no name. */
function intrinsics(): Set<object> {
  // The first one is what descriptors inherit from.
  const found = new Set<object>([Object.prototype]);
  const add = (value: unknown): void => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return;
    if (value === globalThis || found.has(value)) return;
    found.add(value);
    add(getPrototypeOf(value));
  };
  const isOfTheLanguage = /^[A-Z]/;
  for (const name of ownKeys(globalThis)) {
    const { value } = getOwnPropertyDescriptor(globalThis, name)!;
    if (typeof name === 'symbol' || !isOfTheLanguage.test(name) || value === undefined) continue;
    add(value);
    if (typeof value === 'function') add(value.prototype);
  }
  const generators = [function* () {}, async function* () {}];
  for (const made of [...generators, ...generators.map(({ prototype }) => prototype)])
    add(getPrototypeOf(made));
  add(getPrototypeOf(async () => {}));
  for (const iterable of [[], '', new Map(), new Set()]) add(getPrototypeOf(iterable[Symbol.iterator]()));
  return found;
}
