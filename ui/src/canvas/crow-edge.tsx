/** A line with crow's foot ends. It follows its boxes by itself, also while they are dragged. */
import { type EdgeProps, useInternalNode, type Edge } from "@xyflow/react";
import { memo } from "react";
import { endSign, route } from "./geometry";
import type { Line, Rect } from "./types";

export type CrowEdge = Edge<{ line: Line; lit: boolean }, "crow">;

function rectOf(node: ReturnType<typeof useInternalNode>): Rect | null {
  if (!node) return null;
  const { x, y } = node.internals.positionAbsolute;
  return { x, y, width: node.width ?? 0, height: node.height ?? 0 };
}

export const CrowEdgeView = memo(function CrowEdgeView({ id, source, target, data, selected }: EdgeProps<CrowEdge>) {
  const from = rectOf(useInternalNode(source));
  const to = rectOf(useInternalNode(target));
  if (!from || !to || !data) return null;
  const { line, lit } = data;
  const way = route(from, to, line.offset, source === target);
  const near = endSign(way.start, line.many, true);
  const far = endSign(way.end, false, line.optional);
  const strong = lit || selected === true;
  return (
    <g className={`crow ${strong ? "crow-lit" : ""}`}>
      <path id={id} d={way.path} fill="none" className="crow-line" />
      <path d={`${near.strokes} ${far.strokes}`} fill="none" className="crow-sign" />
      {[near.circle, far.circle].map((circle, at) =>
        circle ? <circle key={at} cx={circle.x} cy={circle.y} r={3.5} className="crow-circle" /> : null,
      )}
      <path d={way.path} fill="none" stroke="transparent" strokeWidth={14} className="react-flow__edge-interaction" />
      <text x={way.middle.x} y={way.middle.y - 5} textAnchor="middle" className="crow-label">
        {line.label}
      </text>
    </g>
  );
});
