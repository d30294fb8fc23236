/** Layered layout by ELK, in a worker so that the page stays alive. */
import ELK, { type ElkNode } from "elkjs/lib/elk-api";
import ElkWorker from "elkjs/lib/elk-worker.min.js?worker";
import { reflow } from "./reflow";

interface Sized {
  id: string;
  width: number;
  height: number;
}

let elk: InstanceType<typeof ELK> | null = null;

const options = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.spacing.nodeNode": "36",
  "elk.spacing.componentComponent": "56",
  "elk.layered.spacing.nodeNodeBetweenLayers": "96",
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
  "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
  "elk.layered.thoroughness": "7",
  "elk.layered.wrapping.strategy": "MULTI_EDGE",
  "elk.layered.wrapping.additionalEdgeSpacing": "24",
  "elk.aspectRatio": "1.7",
  "elk.separateConnectedComponents": "true",
};

/** Where each box goes. Lines point from the box that refers to the box referred to, which stands to the right. */
export async function layOut(boxes: readonly Sized[], lines: readonly { id: string; source: string; target: string }[]) {
  elk ??= new ELK({ workerFactory: () => new ElkWorker() });
  const graph: ElkNode = {
    id: "root",
    layoutOptions: { ...options, ...(boxes.length > 200 && { "elk.layered.thoroughness": "2" }) },
    children: boxes.map(({ id, width, height }) => ({ id, width, height })),
    edges: lines
      .filter((line) => line.source !== line.target)
      .map((line) => ({ id: line.id, sources: [line.source], targets: [line.target] })),
  };
  const placed = await elk.layout(graph);
  const at = (placed.children ?? []).map((child) => ({
    id: child.id,
    x: Math.round(child.x ?? 0),
    y: Math.round(child.y ?? 0),
    width: child.width ?? 0,
    height: child.height ?? 0,
  }));
  return reflow(at).map(({ id, x, y }) => ({ id, x, y }));
}
