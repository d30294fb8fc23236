/**
 * Brings a tall layered layout into the shape of a screen. A layer with very many boxes becomes several columns side by
 * side; the order inside a layer, which keeps lines short, stays.
 */
import { bounds } from "./geometry";
import type { Rect } from "./types";

const ASPECT = 1.4;
const COLUMN_GAP = 56;
const LAYER_GAP = 150;
const ROW_GAP = 32;

type Placed = Rect & { id: string };

export function reflow(boxes: readonly Placed[]): Placed[] {
  const area = bounds(boxes);
  if (boxes.length < 12 || area.height < area.width * 1.1) return [...boxes];
  const layers = layersOf(boxes);
  let height = Math.max(...boxes.map((box) => box.height));
  // Higher columns need less width; the first height that gives the wanted shape is taken.
  while (widthOf(layers, height) > height * ASPECT) height *= 1.1;
  const placed: Placed[] = [];
  let x = 0;
  for (const layer of layers) {
    for (const column of columnsOf(layer, height)) {
      const total = column.reduce((sum, box) => sum + box.height + ROW_GAP, -ROW_GAP);
      let y = Math.round((height - total) / 2);
      for (const box of column) {
        placed.push({ ...box, x: Math.round(x), y });
        y += box.height + ROW_GAP;
      }
      x += widest(column) + COLUMN_GAP;
    }
    x += LAYER_GAP - COLUMN_GAP;
  }
  return placed;
}

/** Boxes that overlap from left to right stand in one layer. */
function layersOf(boxes: readonly Placed[]): Placed[][] {
  const layers: Placed[][] = [];
  let right = -Infinity;
  for (const box of [...boxes].sort((a, b) => a.x - b.x)) {
    const last = layers[layers.length - 1];
    if (last && box.x < right) last.push(box);
    else layers.push([box]);
    right = Math.max(right, box.x + box.width);
  }
  return layers.map((layer) => layer.sort((a, b) => a.y - b.y));
}

function columnsOf(layer: readonly Placed[], height: number): Placed[][] {
  const columns: Placed[][] = [];
  let used = Infinity;
  for (const box of layer) {
    if (used + box.height > height) {
      columns.push([]);
      used = 0;
    }
    columns[columns.length - 1]?.push(box);
    used += box.height + ROW_GAP;
  }
  return columns;
}

const widest = (boxes: readonly Placed[]) => Math.max(...boxes.map((box) => box.width));

function widthOf(layers: readonly Placed[][], height: number): number {
  return layers.reduce((sum, layer) => sum + columnsOf(layer, height).reduce((width, column) => width + widest(column) + COLUMN_GAP, 0) + LAYER_GAP - COLUMN_GAP, 0);
}
