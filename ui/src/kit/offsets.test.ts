import { expect, it } from "vitest";
import { byteAt, replaced, unitAt } from "./offsets";

it("bytes and units are told apart by letters of every width", () => {
  const text = "aé€😀b";
  const places = [[0, 0], [1, 1], [3, 2], [6, 3], [10, 5], [11, 6]] as const;
  for (const [byte, unit] of places) {
    expect(unitAt(text, byte), `byte ${byte}`).toBe(unit);
    expect(byteAt(text, unit), `unit ${unit}`).toBe(byte);
  }
});

it("a place beyond the text is its end", () => {
  expect(unitAt("ab", 9)).toBe(2);
  expect(byteAt("é", 9)).toBe(2);
});

it("a part is replaced where the core says it stands", () => {
  expect(replaced("name == 'é' && regoin == 1", [16, 22], "region")).toBe("name == 'é' && region == 1");
});
