export declare function chunk<T>(list: readonly T[], size: number): T[][];
export declare function groupBy<T>(list: readonly T[], by: (one: T) => string): Record<string, T[]>;
export declare function keyBy<T>(list: readonly T[], by: keyof T | ((one: T) => string)): { [key: string]: T };
export declare function sumBy<T>(list: readonly T[], by: (one: T) => number): number;
export declare function omit<T extends object, K extends keyof T>(value: T, ...keys: K[]): Omit<T, K>;
export declare function merge<A, B>(left: A, right: B): A & B;
export declare function memoize<F extends (...args: any[]) => any>(fn: F): F & { cache: Map<unknown, unknown> };
export declare function debounce<F extends (...args: any[]) => any>(fn: F, wait: number): F & { cancel(): void };
