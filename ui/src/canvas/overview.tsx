/**
 * The small map at the corner. The boxes are painted once and again only when they change; while the view moves only a
 * frame moves over them. (A map of several hundred SVG elements costs more to repaint than the view itself.)
 */
import { type ReactFlowState, useReactFlow, useStore } from "@xyflow/react";
import { type PointerEvent, useEffect, useMemo, useRef } from "react";
import { bounds } from "./geometry";
import type { Box } from "./types";

const WIDTH = 168;
const HEIGHT = 108;
const MARGIN = 6;

const transformOf = (state: ReactFlowState) => state.transform;
const widthOf = (state: ReactFlowState) => state.width;
const heightOf = (state: ReactFlowState) => state.height;

export function Overview({ boxes, selected, theme }: { boxes: readonly Box<unknown>[]; selected: ReadonlySet<string>; theme: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const flow = useReactFlow();
  const [x, y, zoom] = useStore(transformOf);
  const width = useStore(widthOf);
  const height = useStore(heightOf);
  const map = useMemo(() => {
    const area = bounds(boxes);
    const scale = Math.min((WIDTH - 2 * MARGIN) / area.width, (HEIGHT - 2 * MARGIN) / area.height, 0.15);
    return { scale, left: (WIDTH - area.width * scale) / 2 - area.x * scale, top: (HEIGHT - area.height * scale) / 2 - area.y * scale };
  }, [boxes]);

  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const ratio = window.devicePixelRatio || 1;
    context.canvas.width = WIDTH * ratio;
    context.canvas.height = HEIGHT * ratio;
    context.scale(ratio, ratio);
    const style = getComputedStyle(context.canvas);
    for (const box of boxes) {
      context.fillStyle = style.getPropertyValue(selected.has(box.id) ? "--accent" : box.mark === "error" ? "--danger" : "--line-strong");
      context.fillRect(map.left + box.x * map.scale, map.top + box.y * map.scale, Math.max(2, box.width * map.scale), Math.max(2, box.height * map.scale));
    }
  }, [boxes, selected, theme, map]);

  const go = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons === 0) return;
    const area = event.currentTarget.getBoundingClientRect();
    void flow.setCenter((event.clientX - area.x - map.left) / map.scale, (event.clientY - area.y - map.top) / map.scale, { zoom });
  };
  return (
    <div
      aria-hidden
      className="overview nopan nowheel absolute bottom-3 start-3 z-[5] overflow-hidden rounded-lg border bg-surface"
      style={{ width: WIDTH, height: HEIGHT }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={go}
    >
      <canvas ref={canvas} className="size-full" />
      <div
        className="pointer-events-none absolute start-0 top-0 rounded-sm border border-accent bg-accent/10"
        style={{
          width: (width / zoom) * map.scale,
          height: (height / zoom) * map.scale,
          transform: `translate(${map.left + (-x / zoom) * map.scale}px, ${map.top + (-y / zoom) * map.scale}px)`,
        }}
      />
    </div>
  );
}
