/** There is no such run, or several could be meant; the message says which there are. */
export class NoRunError extends Error {
  override readonly name = 'NoRunError';
}
