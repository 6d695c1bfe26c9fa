import type ts from 'typescript';
import { quickView, type TypeScript } from '../base/typescript.ts';
import type { HelperReads } from '../body/helper-reads.ts';
import { CarriedTypes } from './carried-types.ts';
import { KnownClasses } from './known-classes.ts';
import { programReads } from './program-reads.ts';
import { ResultsInPart } from './results-in-part.ts';

/** What the checks with types share over all files of a program. Made once; each part is computed when it is first needed. */
export class ProgramTypes {
  readonly ts: TypeScript;
  readonly program: ts.Program;
  readonly checker: ts.TypeChecker;
  /** Types that are kept whole: inputs of runs. */
  readonly carried: CarriedTypes;
  /** Types of which at least a part is kept: results of steps. */
  readonly results: ResultsInPart;
  readonly classes: KnownClasses;
  /** For parameters of functions that are steps: whether the function changes the argument. */
  readonly changed = new Map<ts.ParameterDeclaration, boolean>();

  /** Which helpers of the program read the clock or chance. */
  readonly reads: HelperReads;

  constructor(ts: TypeScript, program: ts.Program) {
    this.ts = quickView(ts);
    this.program = program;
    this.checker = program.getTypeChecker();
    this.reads = programReads(this);
    this.classes = new KnownClasses(this.ts, program, this.checker);
    this.carried = new CarriedTypes(this.ts, this.checker, this.classes);
    this.results = new ResultsInPart(this.ts, this.checker, this.classes);
  }
}
