import type { ComponentChildren } from 'preact';
import { cutOff, widthOfText } from '../../../picture/layout/cells.ts';
import type { Drawing as Laid } from '../../../picture/layout/layout.ts';
import type { Point, Shape } from '../../../picture/layout/piece.ts';
import { arrowHeadPath, linePath } from '../../../picture/lines.ts';

const LAYERS: Readonly<Record<Shape['type'], number>> = {
  frame: 0,
  line: 1,
  text: 2,
  box: 3,
  pill: 3,
  badge: 4,
};

/** Smaller than this part of its size, text can't be read: then it is scrolled. */
const SMALLEST = 0.8;

interface DrawingProps {
  readonly drawing: Laid;
  readonly title: string;
  /** The key of a box. */
  readonly selected: string | undefined;
  readonly select: (box: string) => void;
}

/** A drawing whose boxes can be chosen. Colours are those of the page. */
export function Drawing({ drawing, title, selected, select }: DrawingProps) {
  const { width, height, shapes } = drawing;
  const ordered = [...shapes].sort((a, b) => LAYERS[a.type] - LAYERS[b.type]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: it is no set of fields
    <svg
      class="drawing"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      style={{ minWidth: `${Math.round(width * SMALLEST)}px` }}
      role="group"
      aria-label={`The flow of ${title}`}
    >
      {ordered.map((shape, index) => (
        <Piece key={index} shape={shape} selected={selected} select={select} />
      ))}
    </svg>
  );
}

interface PieceProps extends Pick<DrawingProps, 'selected' | 'select'> {
  readonly shape: Shape;
}

function Piece({ shape, selected, select }: PieceProps) {
  switch (shape.type) {
    case 'box':
      return <BoxShape shape={shape} isSelected={shape.box.key === selected} select={select} />;
    case 'pill': {
      const { at, size, look, text, full } = shape;
      return (
        <g class={`pill ${look}`}>
          <Rect cls="face" at={at} size={size} radius={size[1] / 2} />
          <Text cls="name" at={middle(at, size, 4)} size={12} isMiddle full={full}>
            {text}
          </Text>
        </g>
      );
    }
    case 'frame':
      return <FrameShape shape={shape} />;
    case 'badge': {
      const shown = cutOff(shape.text, 24);
      const width = widthOfText(shown, 11) + 14;
      const corner: Point = [shape.at[0] - width + 8, shape.at[1] - 9];
      return (
        <g class="badge">
          <Rect cls="face" at={corner} size={[width, 18]} radius={9} />
          <Text cls="name" at={[corner[0] + width / 2, corner[1] + 13]} size={11} isMiddle>
            {shown}
          </Text>
        </g>
      );
    }
    case 'line': {
      const { points, arrow, look } = shape;
      const path = linePath(points, arrow);
      if (path === undefined) return null;
      return (
        <>
          <path class={`line ${look}`} d={path} />
          {arrow ? <path class={`head ${look}`} d={arrowHeadPath(points)} /> : null}
        </>
      );
    }
    case 'text': {
      const { at, look, text, full } = shape;
      return (
        <Text
          cls={look === 'beside' ? 'label' : look}
          at={at}
          size={look === 'title' ? 12 : 11}
          isMiddle={look === 'label'}
          full={full}
        >
          {text}
        </Text>
      );
    }
  }
}

interface BoxShapeProps {
  readonly shape: Extract<Shape, { type: 'box' }>;
  readonly isSelected: boolean;
  readonly select: (box: string) => void;
}

function BoxShape({ shape: { at, size, box, text }, isSelected, select }: BoxShapeProps) {
  const [x, y] = at;
  const [width, height] = size;
  const state = box.tone === 'plain' ? 'not reached' : box.tone;
  // It begins with what is seen, for those who say what they want to press.
  const seen = text.slice(box.icon.length + 1);
  const title = seen === box.title ? undefined : box.title;
  const label = [`${seen} ${box.note ?? ''}`.trim(), state, box.badge, title]
    .filter((part) => part !== undefined)
    .join(', ');
  const choose = (): void => select(box.key);
  return (
    // biome-ignore lint/a11y/useSemanticElements: there are no buttons in SVG
    <g
      class={`box ${box.tone}${box.isWait ? ' wait' : ''}${isSelected ? ' selected' : ''}`}
      role="button"
      tabIndex={0}
      aria-label={label}
      aria-pressed={isSelected}
      data-box={box.key}
      onClick={choose}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        choose();
      }}
    >
      {isSelected ? <Rect cls="ring" at={[x - 4, y - 4]} size={[width + 8, height + 8]} radius={10} /> : null}
      <Rect cls="face" at={at} size={size} radius={7} />
      <Text
        cls="name"
        at={[x + width / 2, y + (box.note === undefined ? height / 2 + 4.5 : 20)]}
        size={13}
        isMiddle
        full={`${box.icon} ${box.title}`}
      >
        {text}
      </Text>
      {box.note === undefined ? null : (
        <Text cls="note" at={[x + width / 2, y + height - 10]} size={11} isMiddle>
          {box.note}
        </Text>
      )}
    </g>
  );
}

function FrameShape({ shape: { at, size, look } }: { readonly shape: Extract<Shape, { type: 'frame' }> }) {
  const cls = `frame ${look}`;
  // Several at a time: sheets behind the first one.
  const behind = look === 'many' ? [8, 4] : [];
  return (
    <>
      {behind.map((by) => (
        <Rect key={by} cls={cls} at={[at[0] + by, at[1] + by]} size={size} radius={11} />
      ))}
      <Rect cls={cls} at={at} size={size} radius={11} />
    </>
  );
}

const middle = (at: Point, size: Point, down: number): Point => [
  at[0] + size[0] / 2,
  at[1] + size[1] / 2 + down,
];

interface RectProps {
  readonly cls: string;
  readonly at: Point;
  readonly size: Point;
  readonly radius: number;
}

const Rect = ({ cls, at, size, radius }: RectProps) => (
  <rect class={cls} x={at[0]} y={at[1]} width={size[0]} height={size[1]} rx={radius} />
);

interface TextProps {
  readonly cls: string;
  readonly at: Point;
  readonly size: number;
  readonly isMiddle?: boolean;
  readonly full?: string;
  readonly children: ComponentChildren;
}

/** `textLength` keeps the width that was measured, whatever font is there. */
function Text({ cls, at, size, isMiddle = false, full, children }: TextProps) {
  const text = String(children);
  return (
    <text
      class={cls}
      x={at[0]}
      y={at[1]}
      font-size={size}
      text-anchor={isMiddle ? 'middle' : 'start'}
      textLength={widthOfText(text, size)}
      lengthAdjust="spacingAndGlyphs"
    >
      {full === undefined || full === text ? null : <title>{full}</title>}
      {text}
    </text>
  );
}
