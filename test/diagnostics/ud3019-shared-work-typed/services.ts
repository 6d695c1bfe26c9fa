/** As the streams of messages of AI clients. */
export interface MessageStream extends AsyncIterable<string> {
  readonly controller: AbortController;
  finalText(): Promise<string>;
  finalMessage(): Promise<{ readonly text: string }>;
  close(): void;
}

/** As what `streamText` gives. */
export interface Answer {
  readonly id: string;
  readonly text: PromiseLike<string>;
  readonly usage: PromiseLike<number>;
  finished(): Promise<void>;
  pipe(target: string): void;
}

/** As the cursor of a database, which asks for nothing before it is read. */
export interface Cursor extends AsyncIterable<string> {
  limit(count: number): this;
  toArray(): Promise<string[]>;
  count(): Promise<number>;
}

export interface Client {
  readonly ready: Promise<void>;
  query(text: string): Promise<string>;
  close(): void;
}

export declare function stream(): MessageStream;
export declare function ask(question: string): Answer;
export declare function find(): Cursor;
export declare function connect(): Client;
export declare function save(value: unknown): Promise<void>;
