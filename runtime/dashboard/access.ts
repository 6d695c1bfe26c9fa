import { MisuseError } from '../base/errors.ts';
import { accessInvalid } from '../base/messages/dashboard.ts';
import { notAllowed } from '../base/messages/http-answers.ts';
import type { WebRequest, WebResponse } from '../base/web-types.ts';
import { Refusal } from '../http/refusal.ts';

/** What a person may do with the dashboard. */
export interface DashboardAccess {
  /** See all runs, with their inputs, values and errors. */
  readonly read: boolean;
  /** Steer runs: send signals, complete callbacks, cancel, resume, rerun, fork. Default: no. */
  readonly act?: boolean;
  /** Who it is: noted with each action. */
  readonly by?: string;
}

/** A Response is sent as it is, such as a redirection to a login. What throws or rejects is a refusal. */
export type AuthorizeDashboard = (
  request: WebRequest,
) => DashboardAccess | WebResponse | Promise<DashboardAccess | WebResponse>;

/**
 * Asks the option `authorize`.
 *
 * @throws Refusal 403 for a person who may not see anything; MisuseError if the answer is none
 */
export async function accessOf(
  authorize: AuthorizeDashboard,
  request: Request,
): Promise<Required<DashboardAccess> | Response> {
  const answer: unknown = await authorize(request);
  // A copy: the same one may be given again.
  if (answer instanceof Response) return answer.clone();
  const { read, act = false, by = '' } = (answer ?? {}) as Partial<Record<keyof DashboardAccess, unknown>>;
  if (typeof read !== 'boolean' || typeof act !== 'boolean' || typeof by !== 'string' || request.bodyUsed)
    throw new MisuseError(accessInvalid());
  if (!read) throw new Refusal(403, 'FORBIDDEN', notAllowed());
  return { read, act, by };
}
