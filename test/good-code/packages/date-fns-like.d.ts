export declare function addDays(date: Date | number | string, amount: number): Date;
export declare function format(date: Date | number | string, pattern: string): string;
export declare function isAfter(left: Date, right: Date): boolean;
export declare function differenceInHours(left: Date, right: Date): number;
export declare function startOfDay<D extends Date>(date: D): D;
