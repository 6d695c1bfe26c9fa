import { readFile, writeFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import pLimit from 'p-limit';
import { type Customer, saveCustomer } from './database.js';

export interface Rejected {
  readonly line: number;
  readonly problem: string;
}

export interface Report {
  readonly rows: number;
  readonly saved: number;
  readonly rejected: readonly Rejected[];
}

/**
 * Imports the customers of a CSV file, four at a time. Rows that are not valid, or that the database refuses, are listed in
 * another CSV file, with their lines and what is wrong with them.
 */
export async function importCustomers(file: string, rejectedFile: string): Promise<Report> {
  'use durable';
  const rows = await readRows(file);
  const { customers, rejected } = validate(rows);
  console.info(`${rows.length} rows are read, ${rejected.length} of them are not valid`);

  const limit = pLimit(4);
  let done = 0;
  let saved = 0;
  const importOne = async ({ line, customer }: Valid): Promise<void> => {
    try {
      await saveCustomer(customer);
      saved++;
    } catch (error) {
      rejected.push({ line, problem: (error as Error).message });
    }
    done++;
    if (done % 20 === 0 || done === customers.length) console.info(progress(done, customers.length));
  };
  await Promise.all(customers.map((row) => limit(() => importOne(row))));

  rejected.sort((a, b) => a.line - b.line);
  await writeRejected(rejectedFile, rejected);
  return { rows: rows.length, saved, rejected };
}

interface Row {
  readonly line: number;
  readonly fields: Readonly<Record<string, string>>;
}

interface Valid {
  readonly line: number;
  readonly customer: Customer;
}

async function readRows(file: string): Promise<Row[]> {
  const options = { columns: true, info: true, trim: true, bom: true, skip_empty_lines: true } as const;
  const records = parse(await readFile(file, 'utf8'), options) as unknown as {
    readonly record: Record<string, string>;
    readonly info: { readonly lines: number };
  }[];
  return records.map(({ record, info }) => ({ line: info.lines, fields: record }));
}

/** What can be told from the file alone. */
function validate(rows: readonly Row[]): { customers: Valid[]; rejected: Rejected[] } {
  const customers: Valid[] = [];
  const rejected: Rejected[] = [];
  const lineOf = new Map<string, number>();
  for (const { line, fields } of rows) {
    const { email = '', name = '', country = '', credit = '' } = fields;
    const customer = { email: email.toLowerCase(), name, country, credit: Number(credit) };
    const first = lineOf.get(customer.email);
    const problem =
      (name === '' && 'the name is missing') ||
      (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email) && `'${email}' is not an e-mail address`) ||
      (!(customer.credit >= 0) && `'${credit}' is not an amount`) ||
      (first !== undefined && `line ${first} has the same e-mail address`);
    if (problem) rejected.push({ line, problem });
    else customers.push({ line, customer });
    if (!problem) lineOf.set(customer.email, line);
  }
  return { customers, rejected };
}

async function writeRejected(file: string, rejected: readonly Rejected[]): Promise<void> {
  const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = rejected.map(({ line, problem }) => `${line},${quoted(problem)}`);
  await writeFile(file, `${['line,problem', ...lines].join('\n')}\n`);
}

function progress(done: number, all: number): string {
  const full = Math.round((done / all) * 20);
  return `${'▰'.repeat(full)}${'▱'.repeat(20 - full)} ${String(done).padStart(3)} of ${all}`;
}
