/** What the surface draws: any boxes with any lines between them. What a box means is its owner's business. */
export interface Box<D> {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
  /** Shown where the box is too small for its content. */
  title: string;
  /** Read out when the box is selected. */
  description: string;
  /** Marks the box from afar. */
  mark: "error" | "warning" | null;
  data: D;
}

export interface Line {
  id: string;
  source: string;
  target: string;
  /** Where it leaves the source, from the box's top. */
  offset: number;
  label: string;
  /** The source's end: several (crow's foot) or at most one. */
  many: boolean;
  /** Whether the target's end may be empty. */
  optional: boolean;
}

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}
