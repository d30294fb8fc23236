import { expect, it } from "vitest";
import { bounds } from "./geometry";
import { reflow } from "./reflow";

const column = (count: number, x: number) => Array.from({ length: count }, (_, at) => ({ id: `${x}-${at}`, x, y: at * 120, width: 230, height: 100 }));

it("a tall layout gets the shape of a screen and no two boxes overlap", () => {
  const placed = reflow([...column(200, 0), ...column(90, 400), ...column(3, 800)]);
  const area = bounds(placed);
  expect(placed).toHaveLength(293);
  expect(area.width / area.height).toBeGreaterThan(0.9);
  expect(area.width / area.height).toBeLessThan(2.2);
  for (const a of placed)
    for (const b of placed)
      if (a !== b) expect(a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height).toBe(false);
});

it("a layout that fits stays as it is", () => {
  const boxes = [...column(3, 0), ...column(3, 400)];
  expect(reflow(boxes)).toEqual(boxes);
});
