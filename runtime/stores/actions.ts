const TYPES = [
  'start',
  'signal',
  'complete',
  'fail',
  'cancel',
  'resume',
  'accept',
  'rerun',
  'fork',
  'prune',
] as const;

/** What people and programs do to runs from outside. */
export type ActionType = (typeof TYPES)[number];

export const isActionType = (type: unknown): type is ActionType => TYPES.some((one) => one === type);

/** Who did what, as it is kept. */
export interface Action {
  readonly action: ActionType;
  /** Who, as the caller said; undefined where that said nothing. */
  readonly by?: string | undefined;
  /** ms since the epoch. */
  readonly at: number;
  /** False if it failed or was refused. */
  readonly ok: boolean;
  /** Why, in words. */
  readonly error?: string | undefined;
  /** What more there is to say: the name of a signal, the id of the new run (`to`), the key of a fork (`from`), a version. */
  readonly details?: Readonly<Record<string, string>> | undefined;
}

/** An action in the store. */
export interface KeptAction extends Action {
  /** Grows with each action in the store. */
  readonly seq: number;
  /** Undefined for what concerned no single run. */
  readonly runId: string | undefined;
}

export interface ActionFilter {
  /** Those of one run; default: all. */
  readonly runId?: string | undefined;
  /** Those behind this number. */
  readonly after?: number | undefined;
  /** At most so many; default 100. */
  readonly limit?: number | undefined;
}
