/** Additions to lists in a source: elements of arrays, properties of objects, in JavaScript and in JSON with comments. */
import type ts from 'typescript';
import { type Edit, indentAt, newlineOf, unitOf } from './edits.ts';

type List = ts.ArrayLiteralExpression | ts.ObjectLiteralExpression;

const itemsOf = (list: List): ts.NodeArray<ts.Node> => ('elements' in list ? list.elements : list.properties);

/** What may follow the last item on its line. */
const REST = /^\s*,?[ \t]*(\/\/.*|\/\*.*\*\/[ \t]*)?$/;

/** Adds an item at the end; undefined where comments are in the way. */
export function append(file: ts.SourceFile, list: List, item: string): readonly Edit[] | undefined {
  const { text } = file;
  const items = itemsOf(list);
  const last = items.at(-1);
  const open = list.getStart(file);
  const isArray = 'elements' in list;
  if (last === undefined) {
    if (text.slice(open + 1, list.end - 1).trim() !== '') return undefined;
    const around = indentAt(text, open);
    const broken = `${newlineOf(text)}${around}${unitOf(text)}${item}${newlineOf(text)}${around}`;
    return [{ at: open + 1, remove: list.end - open - 2, text: isArray ? item : broken }];
  }
  const comma: Edit[] = items.hasTrailingComma ? [] : [{ at: last.end, text: ',' }];
  const isBroken = text.slice(open, last.getStart(file)).includes('\n');
  if (!isBroken) return [{ at: last.end, text: `, ${item}` }];
  const lineEnd = /\r?\n/.exec(text.slice(last.end));
  const end = last.end + (lineEnd?.index ?? 0);
  if (end >= list.end || !REST.test(text.slice(last.end, end))) return undefined;
  const line = `${newlineOf(text)}${indentAt(text, last.getStart(file))}${item}`;
  // JSON has no comma after the last item.
  const trailing = items.hasTrailingComma ? ',' : '';
  return [...comma, { at: end, text: line + trailing }];
}

/** Adds an element at the start of an array. */
export function prepend(file: ts.SourceFile, list: ts.ArrayLiteralExpression, item: string): readonly Edit[] {
  const { text } = file;
  const open = list.getStart(file);
  const [first] = list.elements;
  if (first === undefined) return [{ at: open + 1, text: item }];
  const start = first.getStart(file);
  const lineEnd = text.slice(open, start).indexOf('\n');
  if (lineEnd === -1) return [{ at: start, text: `${item}, ` }];
  return [{ at: open + lineEnd + 1, text: `${indentAt(text, start)}${item},${newlineOf(text)}` }];
}
