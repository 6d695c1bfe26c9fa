import type { Finding } from '../base/finding.ts';

/** The SWC builder of Nest's command takes no plugins of TypeScript. */
export const swcFinding = (file: string, line: number, change: string): Finding => ({
  file,
  line,
  code: 'nest-swc',
  severity: 'error',
  message: 'The SWC builder of Nest takes no plugins: durable functions are built as plain code.',
  change,
});
