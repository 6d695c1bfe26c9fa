export interface Item {
  readonly extra: number;
  readonly a: number;
}
