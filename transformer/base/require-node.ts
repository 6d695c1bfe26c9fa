/**
 * Each entry of the compiler imports this first: a Node that is too old is named as such, and not by the first thing that it
 * lacks. Bun says that it is some version of Node, which may be older than what it can do.
 */
import { nodeTooOld } from './supported-node.ts';

const problem = process.versions.bun === undefined ? nodeTooOld(process.versions.node) : undefined;
if (problem !== undefined) throw new Error(problem);
