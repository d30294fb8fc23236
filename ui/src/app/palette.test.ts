import { expect, it } from "vitest";
import { score } from "./palette";

it("the start of a name goes before the start of a word, before the middle, before letters with gaps", () => {
  const order = ["Invoice", "BigInvoice", "reinvoice", "Is not a voice"].map((name) => score(name, "invoice"));
  expect(order).toEqual([...order].sort((a, b) => b - a));
  expect(new Set(order).size).toBe(order.length);
  expect(order.every((points) => points > 0)).toBe(true);
});

it("a shorter name goes before a longer one, and a stranger gets nothing", () => {
  expect(score("Invoice", "inv")).toBeGreaterThan(score("InvoiceLine", "inv"));
  expect(score("Customer", "inv")).toBe(0);
});
