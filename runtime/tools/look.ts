/** The runs of a store, for tools that show them. Nothing is written. */
export { parseSpan } from '../base/durations.ts';
export { nearest } from '../base/nearest.ts';
export { type Action, commandOf, type Way } from '../inspect/actions.ts';
export { durationText } from '../inspect/duration-text.ts';
export { type FoundRun, factsOf, findRecordedRun } from '../inspect/look.ts';
export type { SourcePlace } from '../inspect/places.ts';
export { readable } from '../inspect/readable.ts';
export type { Facts, Reason } from '../inspect/reason.ts';
export type { Attempt, RecordedText, TimelineRow } from '../inspect/rows.ts';
export { type RunView, valueIn, viewOf } from '../inspect/view.ts';
export { whyOf } from '../inspect/why.ts';
export { cellsOf, cutOff } from '../picture/layout/cells.ts';
export type { InspectSource, RunPage, RunQuery, StatusCounts } from '../stores/inspect-source.ts';
export { fileSource } from '../stores/sqlite-source.ts';
export type { RunRecord, RunStatus } from '../stores/store.ts';
