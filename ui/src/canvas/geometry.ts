/** Where lines run, which box is next in a direction, how large everything is. Plain numbers, no drawing. */
import type { Rect } from "./types";

/** A line leaves to one side: `1` to the right, `-1` to the left. */
export interface Route {
  path: string;
  start: { x: number; y: number; side: 1 | -1 };
  end: { x: number; y: number; side: 1 | -1 };
  middle: { x: number; y: number };
}

/** Room for the sign at an end of a line. */
const STUB = 22;
const HEADER = 17;

/** The way of a line from a row of one box to the header of another. */
export function route(from: Rect, to: Rect, offset: number, same: boolean): Route {
  const y1 = from.y + Math.min(offset, from.height - 8);
  const y2 = to.y + HEADER;
  if (same) {
    const x = from.x + from.width;
    const out = x + STUB + 26;
    return {
      path: `M${x},${y1} H${x + STUB} C${out},${y1} ${out},${y2} ${x + STUB},${y2} H${x}`,
      start: { x, y: y1, side: 1 },
      end: { x, y: y2, side: 1 },
      middle: { x: out - 6, y: (y1 + y2) / 2 },
    };
  }
  const centre = (rect: Rect) => rect.x + rect.width / 2;
  const gapRight = to.x - (from.x + from.width);
  const gapLeft = from.x - (to.x + to.width);
  // Beside each other: face each other. Above each other: both ends on the side that is nearer.
  let startSide: 1 | -1;
  let endSide: 1 | -1;
  if (gapRight >= 2 * STUB) [startSide, endSide] = [1, -1];
  else if (gapLeft >= 2 * STUB) [startSide, endSide] = [-1, 1];
  else startSide = endSide = centre(to) >= centre(from) ? 1 : -1;
  const x1 = startSide === 1 ? from.x + from.width : from.x;
  const x2 = endSide === 1 ? to.x + to.width : to.x;
  const s1 = x1 + startSide * STUB;
  const s2 = x2 + endSide * STUB;
  const bend = Math.max(24, Math.min(Math.abs(s2 - s1) / 2, 160));
  return {
    path: `M${x1},${y1} H${s1} C${s1 + startSide * bend},${y1} ${s2 + endSide * bend},${y2} ${s2},${y2} H${x2}`,
    start: { x: x1, y: y1, side: startSide },
    end: { x: x2, y: y2, side: endSide },
    middle: {
      x: (s1 + s2) / 2 + ((startSide + endSide) * bend * 3) / 8,
      y: (y1 + y2) / 2,
    },
  };
}

/** The crow's foot sign at an end: what the other side sees of this box. */
export function endSign(end: Route["start"], many: boolean, optional: boolean): { strokes: string; circle: { x: number; y: number } | null } {
  const { x, y, side } = end;
  const at = (distance: number) => x + side * distance;
  const foot = many ? `M${at(11)},${y} L${x},${y - 6} M${at(11)},${y} L${x},${y + 6}` : `M${at(7)},${y - 6} V${y + 6}`;
  if (optional) return { strokes: foot, circle: { x: at(many ? 15 : 14), y } };
  const bar = many ? 15 : 12;
  return { strokes: `${foot} M${at(bar)},${y - 6} V${y + 6}`, circle: null };
}

/** The rectangle around all. */
export function bounds(rects: readonly Rect[]): Rect {
  if (rects.length === 0) return { x: 0, y: 0, width: 1, height: 1 };
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const rect of rects) {
    left = Math.min(left, rect.x);
    top = Math.min(top, rect.y);
    right = Math.max(right, rect.x + rect.width);
    bottom = Math.max(bottom, rect.y + rect.height);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

export type Direction = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

/** The nearest box in a direction; what lies off the line counts double. */
export function neighbour<B extends Rect & { id: string }>(boxes: readonly B[], from: B, direction: Direction): B | undefined {
  const centre = (rect: Rect) => ({ x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 });
  const here = centre(from);
  let best: B | undefined;
  let least = Infinity;
  for (const box of boxes) {
    if (box.id === from.id) continue;
    const there = centre(box);
    const dx = there.x - here.x;
    const dy = there.y - here.y;
    const horizontal = direction === "ArrowLeft" || direction === "ArrowRight";
    const ahead = direction === "ArrowLeft" ? -dx : direction === "ArrowRight" ? dx : direction === "ArrowUp" ? -dy : dy;
    if (ahead <= 0) continue;
    const cost = ahead + 2 * Math.abs(horizontal ? dy : dx);
    if (cost < least) [best, least] = [box, cost];
  }
  return best;
}

/** Which box lies under a point. */
export function boxAt<B extends Rect>(boxes: readonly B[], x: number, y: number): B | undefined {
  return boxes.findLast((box) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height);
}
