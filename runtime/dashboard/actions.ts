import { CallbackError } from '../base/errors.ts';
import { callbackNotOpen, settleFieldsInvalid } from '../base/messages/dashboard.ts';
import { fieldInvalid, noSuchRun, runOver } from '../base/messages/http-answers.ts';
import { malformed, readFields } from '../http/body.ts';
import { Refusal } from '../http/refusal.ts';
import { isId } from '../http/routes.ts';
import type { Handle } from '../local/worker/handle.ts';
import type { Runtime } from '../local/worker/runtime-interface.ts';
import type { InspectSource } from '../stores/inspect-source.ts';
import { hasEnded } from '../stores/store.ts';
import type { Acted, RunAction } from './api.ts';

/** What an action is carried out on, and who does it. */
export interface Steered {
  readonly runtime: Runtime;
  readonly source: InspectSource;
  readonly by: string;
}

type FieldType = 'text' | 'flag' | 'any';

const FIELDS: Readonly<Record<RunAction['type'], Readonly<Record<string, FieldType>>>> = {
  signal: { name: 'text', payload: 'any' },
  settle: { key: 'text', value: 'any', error: 'text' },
  cancel: { reason: 'text' },
  resume: { accept: 'text', forget: 'flag' },
  rerun: { id: 'text', from: 'text', forget: 'flag' },
  fork: { from: 'text', id: 'text', forget: 'flag' },
};

const REQUIRED: Readonly<Partial<Record<RunAction['type'], string>>> = {
  signal: 'name',
  settle: 'key',
  fork: 'from',
};

/**
 * The action in the body of a request.
 *
 * @throws Refusal 400, 413 or 415
 */
export async function readAction(
  type: RunAction['type'],
  request: Request,
  limit: number,
): Promise<RunAction> {
  const known = FIELDS[type];
  const fields = await readFields(request, limit, Object.keys(known));
  for (const [name, value] of Object.entries(fields)) {
    const expected = known[name];
    const fits = expected === 'any' || typeof value === (expected === 'flag' ? 'boolean' : 'string');
    if (!fits) throw malformed(fieldInvalid(name));
  }
  const required = REQUIRED[type];
  if (required !== undefined && (fields[required] ?? '') === '') throw malformed(fieldInvalid(required));
  if (typeof fields.id === 'string' && !isId(fields.id)) throw malformed(fieldInvalid('id'));
  if (type === 'settle' && 'value' in fields && 'error' in fields) throw malformed(settleFieldsInvalid());
  return { type, ...fields } as unknown as RunAction;
}

/**
 * @throws Refusal 404 for a run that is not there, 409 for one that has ended; MisuseError and UnknownFunctionError with what
 * the runtime refuses
 */
export async function carryOut(
  { runtime, source, by }: Steered,
  id: string,
  action: RunAction,
): Promise<Acted> {
  const run = await runtime.get(id);
  if (run === undefined) throw new Refusal(404, 'UNKNOWN_RUN', noSuchRun());
  switch (action.type) {
    case 'signal':
      await refuseEnded(run);
      await run.signal(action.name, action.payload, { by });
      return { id };
    case 'cancel':
      await refuseEnded(run);
      await run.cancel(action.reason, { by });
      return { id };
    case 'settle':
      await refuseEnded(run);
      await settle(runtime, await tokenOf(source, id, action.key), action, by);
      return { id };
    case 'resume':
    case 'rerun':
    case 'fork': {
      const { type, ...given } = action;
      const options = { ...given, by };
      const steered = await (type === 'fork'
        ? runtime.fork(id, options as { readonly from: string })
        : runtime[type](id, options));
      return { id: steered.id };
    }
  }
}

async function refuseEnded(run: Handle): Promise<void> {
  if (hasEnded(await run.status())) throw new Refusal(409, 'RUN_ENDED', runOver());
}

/** Tokens are secrets: the page names the callback by its key, and never has the token. */
async function tokenOf(source: InspectSource, id: string, key: string): Promise<string> {
  const run = await source.load(id);
  const created = run?.events.findLast((event) => event.type === 'callback-created' && event.key === key);
  if (created?.type !== 'callback-created') throw new Refusal(409, 'UNKNOWN_CALLBACK', callbackNotOpen(key));
  return created.token;
}

async function settle(
  runtime: Runtime,
  token: string,
  { key, value, error }: Extract<RunAction, { readonly type: 'settle' }>,
  by: string,
): Promise<void> {
  try {
    if (error === undefined) await runtime.complete(token, value, { by });
    else await runtime.fail(token, new Error(error), { by });
  } catch (thrown) {
    if (!(thrown instanceof CallbackError)) throw thrown;
    throw new Refusal(409, 'UNKNOWN_CALLBACK', callbackNotOpen(key));
  }
}
