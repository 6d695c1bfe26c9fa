export interface Cursor {
  hasNext(): Promise<boolean>;
  next(): Promise<number>;
  close(): Promise<void>;
}

export declare function find(): Cursor;
export declare function readRows(): AsyncGenerator<number>;
export declare function take(from: Iterator<number> | AsyncIterator<number> | Cursor, count: number): Promise<number[]>;
export declare function readChunk(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string>;
export declare function load(): Promise<Response>;
export declare function save(value: unknown): Promise<void>;
