import { expect, it } from "vitest";
import { bounds, boxAt, endSign, neighbour, route } from "./geometry";

const box = (id: string, x: number, y: number) => ({ id, x, y, width: 100, height: 50 });

it("lines between boxes side by side face each other", () => {
  const there = route(box("a", 0, 0), box("b", 400, 0), 30, false);
  expect(there.start).toEqual({ x: 100, y: 30, side: 1 });
  expect(there.end).toEqual({ x: 400, y: 17, side: -1 });
  expect(there.middle.x).toBe(250);
});

it("lines between boxes above each other use one side", () => {
  const there = route(box("a", 0, 0), box("b", 10, 300), 30, false);
  expect(there.start.side).toBe(there.end.side);
});

it("a line to itself goes round the right side", () => {
  const there = route(box("a", 0, 0), box("a", 0, 0), 40, true);
  expect(there.start.x).toBe(100);
  expect(there.end.x).toBe(100);
});

it("many is a foot, optional is a circle", () => {
  const end = { x: 0, y: 0, side: 1 } as const;
  expect(endSign(end, true, true).circle).toEqual({ x: 15, y: 0 });
  expect(endSign(end, false, false).circle).toBeNull();
  expect(endSign(end, true, false).strokes).toContain("L0,-6");
});

it("the arrow keys find the nearest box in their direction", () => {
  const all = [box("a", 0, 0), box("b", 200, 10), box("c", 500, 0), box("d", 0, 200)];
  expect(neighbour(all, all[0]!, "ArrowRight")?.id).toBe("b");
  expect(neighbour(all, all[0]!, "ArrowDown")?.id).toBe("d");
  expect(neighbour(all, all[0]!, "ArrowLeft")).toBeUndefined();
});

it("bounds and hits", () => {
  expect(bounds([box("a", 0, 0), box("b", 200, 100)])).toEqual({ x: 0, y: 0, width: 300, height: 150 });
  expect(boxAt([box("a", 0, 0)], 10, 10)?.id).toBe("a");
  expect(boxAt([box("a", 0, 0)], 200, 10)).toBeUndefined();
});
