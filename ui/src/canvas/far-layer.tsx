/**
 * The far view: many boxes painted on one canvas, where that many elements would be too slow and too small to read.
 * It only paints; the surface under it takes the pointer.
 */
import { useStore, type ReactFlowState } from "@xyflow/react";
import { useEffect, useRef } from "react";
import type { Box, Line } from "./types";

const viewOf = (state: ReactFlowState) => state.transform;
const widthOf = (state: ReactFlowState) => state.width;
const heightOf = (state: ReactFlowState) => state.height;

export function FarLayer({ boxes, lines, selected, theme }: { boxes: readonly Box<unknown>[]; lines: readonly Line[]; selected: ReadonlySet<string>; theme: string }) {
  const ref = useRef<HTMLCanvasElement>(null);
  const [x, y, zoom] = useStore(viewOf);
  const width = useStore(widthOf);
  const height = useStore(heightOf);

  useEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;
    const ratio = window.devicePixelRatio || 1;
    if (canvas.width !== width * ratio || canvas.height !== height * ratio) {
      canvas.width = width * ratio;
      canvas.height = height * ratio;
    }
    paint(context, { boxes, lines, selected }, { x, y, zoom, ratio, width, height });
  }, [boxes, lines, selected, theme, x, y, zoom, width, height]);

  return <canvas ref={ref} aria-hidden className="pointer-events-none absolute inset-0 z-[4] size-full" />;
}

interface View {
  x: number;
  y: number;
  zoom: number;
  ratio: number;
  width: number;
  height: number;
}

function paint(context: CanvasRenderingContext2D, graph: { boxes: readonly Box<unknown>[]; lines: readonly Line[]; selected: ReadonlySet<string> }, view: View) {
  const style = getComputedStyle(context.canvas);
  const colour = (name: string) => style.getPropertyValue(name);
  context.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
  context.clearRect(0, 0, view.width, view.height);
  context.setTransform(view.ratio * view.zoom, 0, 0, view.ratio * view.zoom, view.ratio * view.x, view.ratio * view.y);
  const visible = (box: Box<unknown>) => {
    const left = box.x * view.zoom + view.x;
    const top = box.y * view.zoom + view.y;
    return left < view.width && top < view.height && left + box.width * view.zoom > 0 && top + box.height * view.zoom > 0;
  };
  const byId = new Map(graph.boxes.map((box) => [box.id, box]));
  for (const lit of [false, true]) {
    context.beginPath();
    for (const line of graph.lines) {
      const from = byId.get(line.source);
      const to = byId.get(line.target);
      if (!from || !to || from === to) continue;
      if ((graph.selected.has(from.id) || graph.selected.has(to.id)) !== lit) continue;
      context.moveTo(from.x + from.width / 2, from.y + from.height / 2);
      context.lineTo(to.x + to.width / 2, to.y + to.height / 2);
    }
    context.lineWidth = (lit ? 2 : 1) / view.zoom;
    context.globalAlpha = lit ? 1 : 0.45;
    context.strokeStyle = colour(lit ? "--accent" : "--edge");
    context.stroke();
  }
  context.globalAlpha = 1;
  const size = Math.min(11 / view.zoom, 44);
  context.font = `600 ${size}px ${style.fontFamily}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const box of graph.boxes) {
    if (!visible(box)) continue;
    const chosen = graph.selected.has(box.id);
    context.fillStyle = colour(chosen ? "--accent-wash" : "--surface");
    context.fillRect(box.x, box.y, box.width, box.height);
    context.fillStyle = colour(box.mark === "error" ? "--danger" : box.mark === "warning" ? "--warn" : chosen ? "--accent" : "--line-strong");
    context.fillRect(box.x, box.y, box.width, Math.max(6, 2 / view.zoom));
    context.lineWidth = (chosen ? 2 : 1) / view.zoom;
    context.strokeStyle = colour(chosen ? "--accent" : "--line-strong");
    context.strokeRect(box.x, box.y, box.width, box.height);
    if (box.width * view.zoom > 26) {
      context.fillStyle = colour("--text");
      context.fillText(box.title, box.x + box.width / 2, box.y + box.height / 2, box.width - 8);
    }
  }
}
