/**
 * Classes of well-known packages that are known without registration: those of values in MongoDB's documents, and dayjs. Their
 * instances have only own properties, and a process with such a value has loaded the package.
 *
 * A class is found among the modules that Node has loaded, so none is loaded for it. A bundle has no such modules, and two
 * copies of a package have the same names. There the class counts as not registered.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Such a class, as `ClassEntry` has it. */
interface PackageClass {
  readonly id: string;
  readonly prototype: object;
  readonly registrations: readonly [];
}

interface Package {
  /** In the id of each class: `bson.ObjectId`. */
  readonly name: string;
  readonly file: RegExp;
  /** What instances are known by, whichever copy of the package they are from. */
  readonly mark: string;
  /** The prototypes of its classes by their names. */
  prototypeOf(exported: Record<string, unknown>, cls: string): unknown;
}

const PACKAGES: readonly Package[] = [
  {
    name: 'bson',
    file: /[\\/]bson[\\/]lib[\\/]bson\.cjs$/,
    mark: '_bsontype',
    prototypeOf: (exported, cls) =>
      (exported[cls] as { readonly prototype?: unknown } | undefined)?.prototype,
  },
  {
    name: 'dayjs',
    file: /[\\/]dayjs[\\/]dayjs\.min\.js$/,
    mark: '$isDayjsObject',
    prototypeOf: (exported) => Object.getPrototypeOf((exported as unknown as (ms: number) => object)(0)),
  },
];

const found = new Map<string, PackageClass>();

/** The class of an instance, if it is one of these. */
export function packageClassOf(instance: object): PackageClass | undefined {
  const pkg = PACKAGES.find(({ mark }) => mark in instance);
  if (pkg === undefined) return undefined;
  const prototype = Object.getPrototypeOf(instance) as { readonly constructor?: { readonly name?: unknown } };
  // The name of the class of dayjs is what a minifier made of it.
  const cls = pkg.name === 'dayjs' ? 'Dayjs' : prototype.constructor?.name;
  const entry = typeof cls === 'string' ? entryOf(pkg, cls) : undefined;
  return entry?.prototype === prototype ? entry : undefined;
}

/** The class with this id in a journal. */
export function packageClass(id: string): PackageClass | undefined {
  const [name, cls = ''] = id.split('.');
  const pkg = PACKAGES.find((one) => one.name === name);
  return pkg && entryOf(pkg, cls);
}

function entryOf(pkg: Package, cls: string): PackageClass | undefined {
  const id = `${pkg.name}.${cls}`;
  const known = found.get(id);
  if (known !== undefined) return known;
  const { cache } = createRequire(join(process.cwd(), 'index.js'));
  const [file, more] = Object.keys(cache).filter((path) => pkg.file.test(path));
  if (file === undefined || more !== undefined) return undefined;
  const prototype = pkg.prototypeOf(cache[file]?.exports as Record<string, unknown>, cls);
  if (typeof prototype !== 'object' || prototype === null) return undefined;
  const entry: PackageClass = { id, prototype, registrations: [] };
  found.set(id, entry);
  return entry;
}
