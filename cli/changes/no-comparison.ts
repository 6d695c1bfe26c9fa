/** The comparison can't be made; the message says what to do. */
export class NoComparisonError extends Error {
  override readonly name = 'NoComparisonError';
}
