/** Options of `durable web`. */
export interface WebOptions {
  readonly store?: string;
  readonly port?: string;
  readonly readOnly?: boolean;
  /** False with `--no-open`. */
  readonly open: boolean;
}
