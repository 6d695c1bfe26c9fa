/** Drawings of durable functions, for tools. */
export { sitesIn } from '../inspect/walk.ts';
export type { Box, Branch, Figure, Part } from '../picture/figure.ts';
export { figureOf } from '../picture/figure-of.ts';
export { foldedFigure } from '../picture/fold.ts';
export { cutOff } from '../picture/layout/cells.ts';
export { inOneColumn, layoutOf } from '../picture/layout/layout.ts';
export { toMermaid } from '../picture/mermaid.ts';
export { type LaidRun, layRun } from '../picture/run-marks.ts';
export { toSvg } from '../picture/svg.ts';
export type { Theme } from '../picture/svg-theme.ts';
