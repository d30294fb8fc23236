import type { Documents } from "@/model/draft";
import { newEntity } from "@/model/make";
import { DIAGRAM, type Entity } from "@/model/workspace";
import { expect, it } from "vitest";
import { cardSize } from "./card-size";
import { needsLayout, nearestFree, placed } from "./placement";

const entity = (name: string, target?: string): Entity => ({
  ...newEntity({}),
  id: `ent_${name}`,
  name,
  fields: target === undefined ? [] : [{ id: `fld_${name}`, name: "to", type: "reference", referenceTo: target }],
});
const diagram = (...positions: { id: string; x: number; y: number }[]): Documents[string] => ({
  kind: "diagram", format: 1, id: DIAGRAM, name: "Main", positions, areas: [], notes: [],
});
const documents = (...all: (Entity | Documents[string])[]): Documents => Object.fromEntries(all.map((document) => [document.id, document]));

it("an entity without a place stands beside what it refers to, and covers nothing", () => {
  const all = documents(entity("A"), entity("B"), entity("AB", "B"), diagram({ id: "ent_A", x: 0, y: 0 }, { id: "ent_B", x: 3000, y: 0 }));
  const boxes = placed(all).map((at) => ({ ...at, ...cardSize(at.entity) }));
  const between = boxes.find((box) => box.entity.name === "AB");
  expect(Math.abs((between?.x ?? 0) - 3000)).toBeLessThan(400);
  for (const a of boxes) for (const b of boxes) if (a !== b) expect(a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height).toBe(false);
});

it("nothing placed at all asks for a layout; something placed does not", () => {
  expect(needsLayout(documents(entity("A"), entity("B")))).toBe(true);
  expect(needsLayout(documents(entity("A"), entity("B"), diagram({ id: "ent_A", x: 0, y: 0 })))).toBe(false);
  expect(needsLayout(documents(entity("A")))).toBe(false);
});

it("a new entity goes where it was asked for when it is free there", () => {
  const all = documents(entity("A"), diagram({ id: "ent_A", x: 0, y: 0 }));
  expect(nearestFree(all, { x: 900, y: 500 })).toEqual({ x: 900, y: 500 });
  expect(nearestFree(all, { x: 10, y: 10 })).not.toEqual({ x: 10, y: 10 });
});
