export declare function ask(question: string): { readonly text: Promise<string>; readonly name: string };
export declare function save(value: unknown): Promise<string>;
