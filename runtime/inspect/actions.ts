/** What a person can do about it. */
export type Action =
  | { readonly type: 'signal'; readonly run: string; readonly name?: string }
  | { readonly type: 'settle'; readonly token: string }
  | { readonly type: 'cancel' | 'rerun' | 'why'; readonly run: string }
  | { readonly type: 'resume'; readonly run: string; readonly accept?: string };

/** Something that ends a wait. Without an action it happens by itself, or elsewhere. */
export interface Way {
  readonly text: string;
  readonly action?: Action;
}

/** The command that does it, for a shell. */
export function commandOf(action: Action): string {
  switch (action.type) {
    case 'signal':
      return `durable signal ${quoted(action.run)} ${action.name === undefined ? 'NAME' : quoted(action.name)} JSON`;
    case 'settle':
      return `durable settle ${quoted(action.token)} JSON`;
    case 'resume':
      return `durable resume ${quoted(action.run)}${action.accept === undefined ? '' : ` --accept ${quoted(action.accept)}`}`;
    default:
      return `durable ${action.type} ${quoted(action.run)}`;
  }
}

/** As one word for a POSIX shell. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) && !word.startsWith('-') ? word : `'${word.replaceAll("'", `'\\''`)}'`;
