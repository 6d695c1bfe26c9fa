/** There is nothing to draw. The message says why. */
export class NothingToDrawError extends Error {
  override readonly name = 'NothingToDrawError';
}
