/** What the command line tool needs of the runtime. */
export {
  type Edit,
  type EditPlace,
  type Freedom,
  judge,
  type KnownCode,
  type Verdict,
} from './functions/edits.ts';
