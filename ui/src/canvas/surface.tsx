/**
 * The graph surface: pan, zoom, select, drag, connect, keyboard, minimap, far view. It proposes changes and its owner
 * applies them; between a drag's start and end the moved boxes are kept here.
 */
import "@xyflow/react/dist/style.css";
import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  ConnectionMode,
  type Node,
  type NodeChange,
  type NodeTypes,
  Position,
  ReactFlow,
  type ReactFlowInstance,
  ReactFlowProvider,
  type ReactFlowState,
  useReactFlow,
  type Viewport,
  useStore,
} from "@xyflow/react";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import "./canvas.css";
import { type CrowEdge, CrowEdgeView } from "./crow-edge";
import { FarLayer } from "./far-layer";
import { bounds, boxAt, type Direction, neighbour } from "./geometry";
import { Overview } from "./overview";
import type { Box, Line, Rect } from "./types";

export type BoxNode<D> = Node<{ box: Box<D> }, "box">;

/** From so many boxes on, and below this zoom, everything is painted in place of being built. */
const FAR_COUNT = 150;
const FAR_ZOOM = 0.36;
const MIN_ZOOM = 0.04;
const NUDGE = 10;

const edgeTypes = { crow: CrowEdgeView };
const isFar = (state: ReactFlowState) => state.transform[2] < FAR_ZOOM;
const isSmall = (state: ReactFlowState) => state.transform[2] < 0.5;

export interface SurfaceProps<D> {
  boxes: readonly Box<D>[];
  lines: readonly Line[];
  nodeTypes: NodeTypes;
  selected: readonly string[];
  /** What it is, for people who cannot see it. */
  label: string;
  /** Under this key the view (place and zoom) is remembered. */
  viewKey: string;
  theme: string;
  /** The view moves to these boxes when `token` changes. */
  reveal: { ids: readonly string[]; token: number };
  onSelect: (ids: readonly string[]) => void;
  onMove: (moved: { id: string; x: number; y: number }[]) => void;
  onConnect: (from: string, to: string) => void;
  onAdd: (at: { x: number; y: number }) => void;
  onOpen: (id: string) => void;
  onOpenLine: (id: string) => void;
  onDelete: (ids: readonly string[]) => void;
  onReady?: (handle: SurfaceHandle) => void;
}

export interface SurfaceHandle {
  fit: () => void;
  zoomIn: () => void;
  zoomOut: () => void;
  centre: () => { x: number; y: number };
}

export function Surface<D>(props: SurfaceProps<D>) {
  return (
    <ReactFlowProvider>
      <Inside {...props} />
    </ReactFlowProvider>
  );
}

function Inside<D>(props: SurfaceProps<D>) {
  const { boxes, lines, selected, onSelect, onMove, onConnect, reveal, viewKey, onReady } = props;
  const flow = useReactFlow<BoxNode<D>, CrowEdge>();
  const frame = useRef<HTMLDivElement>(null);
  const chosen = useMemo(() => new Set(selected), [selected]);
  const far = useStore(isFar) && boxes.length > FAR_COUNT;
  const small = useStore(isSmall);
  const [nodes, setNodes] = useNodes(boxes, chosen);
  const edges = useEdges(lines, chosen);

  const calm = useCallback(() => (window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 220), []);
  const fit = useCallback(() => {
    if (boxes.length === 0) return;
    void flow.fitBounds(withRoom(bounds(boxes)), { padding: 0.04, duration: calm() }).then(() => {
      if (flow.getZoom() > 1) void flow.zoomTo(1, { duration: 0 });
    });
  }, [flow, boxes, calm]);

  useRemembered(viewKey, flow, boxes.length > 0, fit);
  useEffect(() => {
    onReady?.({
      fit,
      zoomIn: () => void flow.zoomIn({ duration: calm() }),
      zoomOut: () => void flow.zoomOut({ duration: calm() }),
      centre: () => {
        const area = frame.current?.getBoundingClientRect();
        return area ? flow.screenToFlowPosition({ x: area.x + area.width / 2 - 120, y: area.y + area.height / 3 }) : { x: 0, y: 0 };
      },
    });
  }, [onReady, fit, flow, calm]);

  const seen = useRef(reveal.token);
  useEffect(() => {
    if (seen.current === reveal.token) return;
    const wanted = boxes.filter((box) => reveal.ids.includes(box.id));
    if (wanted.length === 0) return;
    seen.current = reveal.token;
    if (wanted.length === boxes.length) return fit();
    const area = bounds(wanted);
    const zoom = wanted.length === 1 ? Math.max(flow.getZoom(), 0.85) : undefined;
    if (zoom === undefined) void flow.fitBounds(area, { padding: 0.3, duration: calm() });
    else void flow.setCenter(area.x + area.width / 2, area.y + Math.min(area.height, 400) / 2, { zoom, duration: calm() });
  }, [reveal, boxes, flow, calm, fit]);

  const onNodesChange = (changes: NodeChange<BoxNode<D>>[]) => {
    const picks = changes.filter((change) => change.type === "select");
    if (picks.length > 0) {
      const next = new Set(chosen);
      for (const pick of picks) {
        if (pick.selected) next.add(pick.id);
        else next.delete(pick.id);
      }
      if (next.size !== chosen.size || [...next].some((id) => !chosen.has(id))) onSelect([...next]);
    }
    const rest = changes.filter((change) => change.type === "position");
    if (rest.length > 0) setNodes((old) => applyNodeChanges(rest, old));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (target.closest("input, textarea, select, dialog")) return;
    const first = boxes.find((box) => box.id === selected[selected.length - 1]);
    if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      if (event.altKey) {
        const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
        const step = event.shiftKey ? NUDGE * 5 : NUDGE;
        const moved = boxes.filter((box) => chosen.has(box.id));
        onMove(moved.map((box) => ({ id: box.id, x: box.x + (by[0] ?? 0) * step, y: box.y + (by[1] ?? 0) * step })));
        return;
      }
      const next = first ? neighbour(boxes, first, event.key as Direction) : boxes[0];
      if (!next) return;
      onSelect(event.shiftKey ? [...selected, next.id] : [next.id]);
      const at = flow.flowToScreenPosition({ x: next.x + next.width / 2, y: next.y + 30 });
      const area = frame.current?.getBoundingClientRect();
      if (area && (at.x < area.left + 60 || at.x > area.right - 60 || at.y < area.top + 40 || at.y > area.bottom - 40))
        void flow.setCenter(next.x + next.width / 2, next.y + next.height / 2, { zoom: flow.getZoom(), duration: calm() });
    } else if (event.key === "Enter" && first) {
      event.preventDefault();
      props.onOpen(first.id);
    } else if ((event.key === "Delete" || event.key === "Backspace") && selected.length > 0) {
      event.preventDefault();
      props.onDelete(selected);
    } else if (event.key === "Escape" && selected.length > 0) onSelect([]);
    else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onSelect(boxes.map((box) => box.id));
    }
  };

  const drop = (event: MouseEvent | TouchEvent, from: string | undefined) => {
    if (!from) return;
    const point = "changedTouches" in event ? event.changedTouches[0] : event;
    if (!point) return;
    const at = flow.screenToFlowPosition({ x: point.clientX, y: point.clientY });
    const target = boxAt(boxes, at.x, at.y);
    if (target) onConnect(from, target.id);
  };

  const current = boxes.find((box) => box.id === selected[0]);
  return (
    <div
      ref={frame}
      role="application"
      aria-label={props.label}
      tabIndex={0}
      data-small={small || undefined}
      className="surface relative size-full outline-offset-[-2px]"
      onKeyDown={onKeyDown}
    >
      <ReactFlow<BoxNode<D>, CrowEdge>
        nodes={far ? [] : nodes}
        edges={far ? [] : edges}
        nodeTypes={props.nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onNodeDragStop={(_event, _node, dragged) => onMove(dragged.map(({ id, position }) => ({ id, ...position })))}
        onSelectionDragStop={(_event, dragged) => onMove(dragged.map(({ id, position }) => ({ id, ...position })))}
        onNodeDoubleClick={(_event, node) => props.onOpen(node.id)}
        onEdgeClick={(_event, edge) => props.onOpenLine(edge.id)}
        onConnectEnd={(event, state) => drop(event, state.fromNode?.id)}
        onPaneClick={(event) => {
          if (!far) return onSelect([]);
          const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
          const box = boxAt(boxes, at.x, at.y);
          onSelect(box ? [box.id] : []);
        }}
        onDoubleClick={(event) => {
          if (!(event.target as HTMLElement).classList.contains("react-flow__pane")) return;
          const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
          const box = far ? boxAt(boxes, at.x, at.y) : undefined;
          if (box) void flow.setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom: 1, duration: calm() });
          else props.onAdd(at);
        }}
        onMoveEnd={(_event, view) => keepView(viewKey, view)}
        connectionMode={ConnectionMode.Loose}
        minZoom={MIN_ZOOM}
        maxZoom={2}
        zoomOnDoubleClick={false}
        onlyRenderVisibleElements
        disableKeyboardA11y
        deleteKeyCode={null}
        multiSelectionKeyCode={["Control", "Meta", "Shift"]}
        selectionKeyCode="Shift"
        elevateNodesOnSelect
        nodeDragThreshold={3}
        edgesReconnectable={false}
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1.2} color="var(--line-strong)" />
        {far || boxes.length < 8 ? null : <Overview boxes={boxes} selected={chosen} theme={props.theme} />}
        {far ? <FarLayer boxes={boxes} lines={lines} selected={chosen} theme={props.theme} /> : null}
      </ReactFlow>
      <p className="sr-only" aria-live="polite">
        {current && selected.length === 1 ? current.description : ""}
      </p>
    </div>
  );
}

/** The boxes as nodes; a box that did not change stays the same node. */
function useNodes<D>(boxes: readonly Box<D>[], chosen: ReadonlySet<string>) {
  const known = useRef(new Map<string, BoxNode<D>>());
  const made = useMemo(() => {
    const next = new Map<string, BoxNode<D>>();
    for (const box of boxes) {
      const old = known.current.get(box.id);
      const selected = chosen.has(box.id);
      next.set(box.id, old && old.data.box === box && old.selected === selected ? old : nodeOf(box, selected));
    }
    known.current = next;
    return [...next.values()];
  }, [boxes, chosen]);
  const [nodes, setNodes] = useState(made);
  const [shown, setShown] = useState(made);
  if (shown !== made) {
    setShown(made);
    setNodes(made);
  }
  return [shown === made ? nodes : made, setNodes] as const;
}

function nodeOf<D>(box: Box<D>, selected: boolean): BoxNode<D> {
  const { width, height } = box;
  const handle = { y: 17, width: 1, height: 1 };
  return {
    id: box.id,
    type: "box",
    position: { x: box.x, y: box.y },
    data: { box },
    width,
    height,
    measured: { width, height },
    handles: [
      { ...handle, id: "right", type: "source", position: Position.Right, x: width },
      { ...handle, id: "left", type: "target", position: Position.Left, x: 0 },
    ],
    selected,
    ariaLabel: box.description,
    focusable: false,
  };
}

function useEdges(lines: readonly Line[], chosen: ReadonlySet<string>): CrowEdge[] {
  return useMemo(
    () =>
      lines.map((line): CrowEdge => {
        const lit = chosen.has(line.source) || chosen.has(line.target);
        return {
          id: line.id,
          type: "crow",
          source: line.source,
          target: line.target,
          data: { line, lit },
          focusable: false,
          zIndex: lit ? 1 : 0,
        };
      }),
    [lines, chosen],
  );
}

/** Opens where the person left, or shows everything. */
function useRemembered<D>(key: string, flow: ReactFlowInstance<BoxNode<D>, CrowEdge>, filled: boolean, fit: () => void) {
  const ready = useStore((state: ReactFlowState) => state.width > 0);
  const done = useRef(false);
  useEffect(() => {
    if (done.current || !ready || !filled) return;
    done.current = true;
    try {
      const stored = localStorage.getItem(key);
      if (stored !== null) {
        void flow.setViewport(JSON.parse(stored) as Viewport);
        return;
      }
    } catch {
      // A view that cannot be read is no view.
    }
    fit();
  }, [ready, filled, key, flow, fit]);
}

/** Room for lines that leave the outermost boxes. */
const withRoom = ({ x, y, width, height }: Rect): Rect => ({ x: x - 56, y: y - 24, width: width + 112, height: height + 48 });

function keepView(key: string, view: Viewport) {
  try {
    localStorage.setItem(key, JSON.stringify(view));
  } catch {
    // A full store costs the person the view, and nothing else.
  }
}
