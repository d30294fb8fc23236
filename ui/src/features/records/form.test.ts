import { expect, it } from "vitest";
import { changedValues, findingsAt, textOf, valueOf } from "./form";

const fields = [
  { id: "1", name: "count", type: "integer" },
  { id: "2", name: "price", type: "decimal" },
  { id: "3", name: "open", type: "boolean" },
  { id: "4", name: "more", type: "json" },
];

it("text becomes a value of the field's type and stays text where it does not fit", () => {
  expect(fields.map((field, at) => valueOf(field, ["7", "1.50", "true", '{"a":1}'][at]!))).toEqual([7, "1.50", true, { a: 1 }]);
  expect(valueOf(fields[0]!, "seven")).toBe("seven");
  expect(valueOf(fields[0]!, "")).toBeNull();
});

it("an update holds what changed, a create what was given", () => {
  const before = { count: 1, price: "2.00", open: null };
  expect(changedValues(fields, before, { count: "1", price: "3.00", open: "" })).toEqual({ price: "3.00" });
  expect(changedValues(fields, before, { price: "" })).toEqual({ price: null });
  expect(changedValues(fields, null, { count: "", price: "3.00" })).toEqual({ price: "3.00" });
});

it("values are shown as they are stored", () => {
  expect(textOf(fields[2]!, false)).toBe("false");
  expect(textOf(fields[3]!, { a: 1 })).toContain('"a": 1');
  expect(textOf(fields[1]!, null)).toBe("");
});

it("a finding stands at its field", () => {
  const finding = { code: "c", severity: "error", params: {}, message: "m", help: "", place: { document: "Invoice", path: ["price"] } } as const;
  expect(findingsAt([{ ...finding, place: { document: "Invoice", path: ["price"] } }], "price")).toHaveLength(1);
  expect(findingsAt([{ ...finding, place: { document: "Invoice", path: ["price"] } }], "count")).toHaveLength(0);
});
