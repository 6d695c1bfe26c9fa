import { type Document, EJSON, Long, ObjectId } from 'bson';

/** As much of MongoDB's commands as the programs use. */
export class MongoStore {
  readonly #collections = new Map<string, Document[]>();

  clear(): void {
    this.#collections.clear();
  }

  execute(name: string, command: Document): Document {
    const list = this.#list(String(command[name]));
    const ns = `shop.${command[name]}`;
    switch (name) {
      case 'insert':
        for (const document of command.documents as Document[]) {
          if (list.some(({ _id }) => same(_id, document._id))) {
            const errmsg = `E11000 duplicate key error collection: ${ns} index: _id_`;
            return { n: 0, writeErrors: [{ index: 0, code: 11000, errmsg }] };
          }
          list.push(document);
        }
        return { n: command.documents.length };
      case 'find':
        return cursor(ns, this.#find(list, command));
      case 'aggregate':
        return cursor(ns, aggregate(list, command.pipeline as Document[]));
      case 'update':
        return this.#update(list, command.updates as Document[]);
      case 'delete':
        return {
          n: (command.deletes as Document[]).reduce((n, { q, limit }) => n + remove(list, q, limit), 0),
        };
      case 'findAndModify':
        return this.#modify(list, command);
      case 'drop':
        list.length = 0;
        return {};
      default:
        throw new Error(`no such command: '${name}'`);
    }
  }

  #list(name: string): Document[] {
    const list = this.#collections.get(name) ?? [];
    this.#collections.set(name, list);
    return list;
  }

  #find(list: readonly Document[], { filter = {}, sort = {}, skip = 0, limit = 0 }: Document): Document[] {
    const found = list.filter((document) => matches(document, filter));
    for (const [key, direction] of Object.entries(sort as Record<string, number>).reverse())
      found.sort((a, b) => direction * compare(a[key], b[key]));
    return found.slice(skip, limit > 0 ? skip + limit : undefined);
  }

  #update(list: Document[], updates: readonly Document[]): Document {
    let n = 0;
    const upserted: Document[] = [];
    for (const [index, { q, u, multi, upsert }] of updates.entries()) {
      const found = list.filter((document) => matches(document, q)).slice(0, multi ? undefined : 1);
      for (const document of found) change(document, u);
      n += found.length;
      if (found.length === 0 && upsert) {
        upserted.push({ index, _id: insertFrom(list, q, u)._id });
        n++;
      }
    }
    return upserted.length > 0 ? { n, nModified: 0, upserted } : { n, nModified: n };
  }

  #modify(list: Document[], { query, update, new: after, upsert, remove: removes }: Document): Document {
    const found = list.find((document) => matches(document, query ?? {}));
    if (removes) {
      if (found) list.splice(list.indexOf(found), 1);
      return { value: found ?? null };
    }
    const before = found && EJSON.deserialize(EJSON.serialize(found));
    if (found) change(found, update);
    const made = !found && upsert ? insertFrom(list, query, update) : undefined;
    return {
      value: (after ? (found ?? made) : before) ?? null,
      lastErrorObject: { n: found || made ? 1 : 0, updatedExisting: found !== undefined },
    };
  }
}

const cursor = (ns: string, firstBatch: readonly Document[]): Document => ({
  cursor: { id: Long.ZERO, ns, firstBatch },
});

const canonical = (value: unknown): string => EJSON.stringify({ value });
const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

function compare(a: unknown, b: unknown): number {
  if (same(a, b)) return 0;
  const [left, right] =
    a instanceof Date || typeof a === 'number' || typeof a === 'string' ? [a, b] : [String(a), String(b)];
  return (left as number) < (right as number) ? -1 : 1;
}

function matches(document: Document, filter: Document): boolean {
  return Object.entries(filter).every(([path, wanted]) => {
    const value = path.split('.').reduce<unknown>((at, key) => (at as Document | undefined)?.[key], document);
    const operators = Object.entries((wanted ?? {}) as Document).filter(([key]) => key.startsWith('$'));
    if (operators.length === 0) return same(value, wanted);
    return operators.every(([operator, operand]) => {
      if (operator === '$in') return (operand as unknown[]).some((one) => same(one, value));
      if (operator === '$ne') return !same(value, operand);
      if (operator === '$exists') return (value !== undefined) === operand;
      const order = compare(value, operand);
      return { $gt: order > 0, $gte: order >= 0, $lt: order < 0, $lte: order <= 0 }[operator] ?? false;
    });
  });
}

function change(document: Document, update: Document): void {
  Object.assign(document, update.$set);
  for (const [key, by] of Object.entries((update.$inc ?? {}) as Record<string, number>))
    document[key] = (document[key] ?? 0) + by;
  for (const [key, value] of Object.entries((update.$push ?? {}) as Document))
    document[key] = [...(document[key] ?? []), value];
  for (const key of Object.keys((update.$unset ?? {}) as Document)) delete document[key];
}

function insertFrom(list: Document[], query: Document, update: Document): Document {
  const equal = Object.entries(query).filter(
    ([, value]) => !Object.keys(value ?? {}).some((key) => key.startsWith('$')),
  );
  const document: Document = { _id: new ObjectId(), ...Object.fromEntries(equal), ...update.$setOnInsert };
  change(document, update);
  list.push(document);
  return document;
}

function remove(list: Document[], query: Document, limit: number): number {
  const found = list.filter((document) => matches(document, query)).slice(0, limit || undefined);
  for (const document of found) list.splice(list.indexOf(document), 1);
  return found.length;
}

/** `$match`, `$group` with sums, and `$sort`. */
function aggregate(list: readonly Document[], pipeline: readonly Document[]): Document[] {
  let rows: Document[] = [...list];
  for (const stage of pipeline) {
    if (stage.$match) rows = rows.filter((row) => matches(row, stage.$match));
    if (stage.$sort) {
      for (const [key, direction] of Object.entries(stage.$sort as Record<string, number>).reverse())
        rows.sort((a, b) => direction * compare(a[key], b[key]));
    }
    if (stage.$group) rows = group(rows, stage.$group);
  }
  return rows;
}

function group(rows: readonly Document[], { _id, ...sums }: Document): Document[] {
  const take = (row: Document, of: unknown): unknown =>
    typeof of === 'string' && of.startsWith('$') ? row[of.slice(1)] : of;
  const groups = new Map<string, Document>();
  for (const row of rows) {
    const id = take(row, _id);
    const sum = groups.get(canonical(id)) ?? { _id: id };
    for (const [key, { $sum }] of Object.entries(sums as Record<string, Document>))
      sum[key] = (sum[key] ?? 0) + Number(take(row, $sum));
    groups.set(canonical(id), sum);
  }
  return [...groups.values()];
}
