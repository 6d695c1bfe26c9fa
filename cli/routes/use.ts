import type { Finding, Place } from '../base/finding.ts';
import type { Route } from './route.ts';

/** A change of one file. */
export interface Fix {
  readonly file: string;
  /** The text after it; undefined where the text has a form that it can't change. */
  apply(text: string): string | undefined;
}

/** One use of a build tool in a project: a configuration, or a command in a script. */
export interface Use extends Place {
  readonly route: Route;
  /** Whether it compiles durable functions. */
  readonly has: boolean;
  /** Which sources it compiles, as far as the project shows it. */
  covers(file: string): boolean;
  /** Whether that was found by following its entries, and not guessed by the folder. */
  readonly isFollowed?: boolean;
  /** What happens to durable functions without a change. */
  readonly without: string;
  /** What has to be written, and where. */
  readonly change: string;
  /** The changes that add what is missing; none where they have to be made by hand. */
  readonly fixes: readonly Fix[];
  readonly findings: readonly Finding[];
}
