/** How a test asks for one death. */
export interface Doom {
  /** Every message adds a character to it. */
  readonly file: string;
  /** The number of the message, from 1, after which to kill. */
  readonly after: number;
  /** The process to kill; without it this one. */
  readonly pid?: number;
}

export const DOOM = 'USE_DURABLE_TEST_DOOM';
