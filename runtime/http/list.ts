/** `GET /runs`: which runs are asked for, and how they are answered. */

import type { AttributeValue } from '../base/attributes.ts';
import { DurableError } from '../base/errors.ts';
import { attributesNoJson, limitInvalid, parameterUnknown } from '../base/messages/http-answers.ts';
import type { Runtime } from '../local/worker/runtime-interface.ts';
import type { ListFilter, RunRecord, RunStatus } from '../stores/store.ts';
import { json } from './answer.ts';
import { malformed } from './body.ts';
import { plainJson } from './plain-json.ts';

/** Runs in one answer, unless fewer are asked for. */
const MOST = 1_000;

/**
 * The filter in the parameters of a request.
 *
 * @throws Refusal 400
 */
export function filterOf(query: URLSearchParams): ListFilter {
  const filter: { -readonly [K in keyof ListFilter]: ListFilter[K] } = {};
  for (const [name, value] of query) {
    if (Object.hasOwn(filter, name)) throw malformed(parameterUnknown(name));
    switch (name) {
      case 'status':
        filter.status = value as RunStatus;
        break;
      case 'fn':
      case 'cursor':
        filter[name] = value;
        break;
      case 'limit':
        filter.limit = Number(value);
        if (!(Number.isInteger(filter.limit) && filter.limit > 0 && filter.limit <= MOST))
          throw malformed(limitInvalid(MOST));
        break;
      case 'attributes':
        filter.attributes = attributesOf(value);
        break;
      default:
        throw malformed(parameterUnknown(name));
    }
  }
  return filter;
}

/** A moment is `{ "date": "2027-01-01T00:00:00Z" }`. */
function attributesOf(text: string): Readonly<Record<string, AttributeValue>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw malformed(attributesNoJson());
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw malformed(attributesNoJson());
  const values = Object.entries(parsed).map(([name, value]): [string, AttributeValue] => [
    name,
    typeof value?.date === 'string' ? new Date(value.date) : (value as AttributeValue),
  ]);
  return Object.fromEntries(values);
}

/** Answers with the runs, and with the cursor of the next page where there may be one. */
export async function listRuns(runtime: Runtime, filter: ListFilter): Promise<Response> {
  let runs: readonly RunRecord[];
  try {
    runs = await runtime.list(filter);
  } catch (error) {
    // What is wrong with the filter: it says nothing about runs.
    if (error instanceof DurableError && (error.code === 'MISUSE' || error.code === 'LIMIT'))
      throw malformed(error.message);
    throw error;
  }
  const full = runs.length > 0 && runs.length === (filter.limit ?? 100);
  return json(200, {
    runs: runs.map((run) => shown(run, runtime)),
    ...(full && { cursor: runs.at(-1)!.id }),
  });
}

/** Without the reason of a block, which quotes the code. */
function shown({ id, fn, status, createdAt, updatedAt, attributes }: RunRecord, runtime: Runtime): object {
  const masked = runtime.mask(attributes, { kind: 'attributes', runId: id, fn });
  return { id, fn, status, createdAt, updatedAt, attributes: plainJson(masked) };
}
