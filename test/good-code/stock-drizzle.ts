import { sleep } from 'use-durable';
import { and, desc, drizzle, eq, integer, pgTable, text, timestamp } from 'drizzle-like';
import { chunk, groupBy, keyBy, sumBy } from 'lodash-like';
import { addDays, differenceInHours, format, isAfter, startOfDay } from 'date-fns-like';

const db = drizzle(process.env.DATABASE_URL!);
const products = pgTable('products', { sku: text(), name: text(), stock: integer(), seenAt: timestamp() });
const counts = pgTable('counts', { sku: text(), day: text(), count: integer() });
const statuses = ['low', 'empty', 'fine'] as const;
type Status = (typeof statuses)[number];
type Product = typeof products.$inferSelect;

const LIMITS: Readonly<Record<Status, number>> = { low: 10, empty: 0, fine: Number.POSITIVE_INFINITY };
const statusOf = (stock: number): Status => statuses.find((status) => stock <= LIMITS[status]) ?? 'fine';

export interface Report {
  readonly day: string;
  readonly total: number;
  readonly byStatus: Partial<Record<Status, string[]>>;
}

export async function countStock(days: number, since: Date = new Date(0)): Promise<Report[]> {
  'use durable';
  const reports: Report[] = [];
  let start = startOfDay(new Date());
  for (let day = 0; day < days; day++) {
    const rows = await db
      .select()
      .from(products)
      .where(and(eq(products.stock, 0), eq(products.name, 'a')))
      .orderBy(desc(products.seenAt))
      .limit(500);
    const fresh = rows.filter((row) => isAfter(row.seenAt, since) && differenceInHours(new Date(), row.seenAt) < 24);
    const known = keyBy(fresh, 'sku');
    for (const part of chunk(fresh, 100)) {
      await db.insert(counts).values(part.map(({ sku, stock }) => ({ sku, count: stock, day: format(start, 'P') }))).onConflictDoNothing();
    }
    const corrected = await Promise.all(
      Object.values(known)
        .filter(({ stock }) => stock < 0)
        .map(async (row) => {
          const [inserted] = await db.insert(counts).values({ sku: row.sku, count: 0 }).returning();
          await db.update(products).set({ stock: 0 }).where(eq(products.sku, row.sku));
          return inserted?.sku ?? row.sku;
        }),
    );
    const late = await lateOnes(fresh);
    const moved = await db.transaction(async (tx) => {
      const found = await tx.select().from(products).limit(1);
      if (found.length === 0) await tx.insert(counts).values({ sku: 'none', count: late.size });
      return found.length;
    });
    const byStatus: Partial<Record<Status, string[]>> = {};
    for (const [status, list] of Object.entries(groupBy(fresh, ({ stock }) => statusOf(stock)))) {
      byStatus[status as Status] = list.map(({ sku }) => sku).toSorted();
    }
    reports.push({ day: format(start, 'P'), total: sumBy(fresh, ({ stock }) => stock) + corrected.length + moved, byStatus });
    await sleep(addDays(start, 1).getTime() - Date.now());
    start = addDays(start, 1);
  }
  return reports;
}

async function lateOnes(rows: readonly Product[]): Promise<ReadonlyMap<string, Product>> {
  return new Map(rows.map((row) => [row.sku, row]));
}
