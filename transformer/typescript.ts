import type ts from 'typescript';

/**
 * The compiler API, passed in instead of imported: under ts-patch it must be the very copy that parsed the program.
 */
export type TypeScript = typeof ts;
