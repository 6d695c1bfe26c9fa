import { cutOff, widthOfText } from './layout/cells.ts';
import type { Drawing } from './layout/layout.ts';
import type { LineLook, Point, Shape } from './layout/piece.ts';
import { arrowHeadPath, linePath } from './lines.ts';
import { styleSheet, type Theme } from './svg-theme.ts';

/** A drawing as SVG that needs nothing else: colours are written for light and dark, and no font is loaded. */
export function toSvg({ width, height, shapes }: Drawing, title: string, theme: Theme = 'auto'): string {
  // Frames below, then lines, then boxes.
  const ordered = [...shapes].sort((a, b) => LAYERS[a.type] - LAYERS[b.type]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(`The flow of ${title}`)}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${styleSheet(theme)}</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...ordered.map(draw),
    '</svg>',
    '',
  ].join('\n');
}

const LAYERS: Readonly<Record<Shape['type'], number>> = {
  frame: 0,
  line: 1,
  text: 2,
  box: 3,
  pill: 3,
  badge: 4,
};

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const n = (value: number): string => String(Math.round(value * 10) / 10);

function draw(shape: Shape): string {
  switch (shape.type) {
    case 'box':
      return drawBox(shape);
    case 'pill':
      return drawPill(shape);
    case 'frame':
      return drawFrame(shape);
    case 'badge':
      return drawBadge(shape);
    case 'line':
      return drawLine(shape.points, shape.arrow, shape.look);
    case 'text': {
      const { at, look, text, full } = shape;
      const size = look === 'title' ? 12 : 11;
      return textAt(text, at, look === 'beside' ? 'label' : look, { full, size, middle: look === 'label' });
    }
  }
}

interface TextOptions {
  readonly size: number;
  readonly full?: string;
  readonly middle?: boolean;
}

/** `textLength` keeps the width that was measured, whatever font is there. */
function textAt(
  text: string,
  [x, y]: Point,
  look: string,
  { size, full = text, middle = false }: TextOptions,
): string {
  const title = full === text ? '' : `<title>${escaped(full)}</title>`;
  const anchor = middle ? ' text-anchor="middle"' : '';
  const length = n(widthOfText(text, size));
  return `<text class="${look}" x="${n(x)}" y="${n(y)}"${anchor} font-size="${size}" textLength="${length}" lengthAdjust="spacingAndGlyphs">${title}${escaped(text)}</text>`;
}

const rect = (cls: string, [x, y]: Point, [width, height]: Point, radius: number): string =>
  `<rect class="${cls}" x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="${radius}"/>`;

function drawBox({ at, size, box, text }: Extract<Shape, { type: 'box' }>): string {
  const [x, y] = at;
  const [width, height] = size;
  const full = `${box.icon} ${box.title}`;
  const middle: Point = [x + width / 2, y + (box.note === undefined ? height / 2 + 4.5 : 20)];
  const state = box.tone === 'plain' ? '' : `<desc>${box.tone}</desc>`;
  return [
    `<g class="box ${box.tone}${box.isWait ? ' wait' : ''}">${state}`,
    rect('face', at, size, 7),
    textAt(text, middle, 'name', { size: 13, full, middle: true }),
    box.note === undefined
      ? ''
      : textAt(box.note, [x + width / 2, y + height - 10], 'note', { size: 11, middle: true }),
    '</g>',
  ].join('');
}

function drawPill({ at, size, look, text, full }: Extract<Shape, { type: 'pill' }>): string {
  const middle: Point = [at[0] + size[0] / 2, at[1] + size[1] / 2 + 4];
  const name = textAt(text, middle, 'name', { size: 12, full, middle: true });
  return `<g class="pill ${look}">${rect('face', at, size, size[1] / 2)}${name}</g>`;
}

function drawFrame({ at, size, look }: Extract<Shape, { type: 'frame' }>): string {
  const cls = `frame ${look}`;
  if (look !== 'many') return rect(cls, at, size, 11);
  // Several at a time: sheets behind the first one.
  const behind = (by: number): string => rect(cls, [at[0] + by, at[1] + by], size, 11);
  return behind(8) + behind(4) + rect(cls, at, size, 11);
}

function drawBadge({ at, text }: Extract<Shape, { type: 'badge' }>): string {
  const shown = cutOff(text, 24);
  const width = widthOfText(shown, 11) + 14;
  const corner: Point = [at[0] - width + 8, at[1] - 9];
  const name = textAt(shown, [corner[0] + width / 2, corner[1] + 13], 'name', { size: 11, middle: true });
  return `<g class="badge">${rect('face', corner, [width, 18], 9)}${name}</g>`;
}

function drawLine(points: readonly Point[], arrow: boolean, look: LineLook): string {
  const path = linePath(points, arrow);
  if (path === undefined) return '';
  const head = arrow ? `<path class="head ${look}" d="${arrowHeadPath(points)}"/>` : '';
  return `<path class="line ${look}" d="${path}"/>${head}`;
}
