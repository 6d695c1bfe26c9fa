export interface LogFn { (data: object, message?: string): void; (message: string): void }
export interface Logger { readonly level: string; info: LogFn; warn: LogFn; error: LogFn; child(bindings: object): Logger; flush(done?: () => void): void }
export default function pino(options?: { level?: string }): Logger;
