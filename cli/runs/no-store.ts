/** There is no store that the command can open; the message says what to do. */
export class NoStoreError extends Error {
  override readonly name = 'NoStoreError';
}
