import { expect, it } from "vitest";
import { conditionOf, filterOf } from "./filter";

const of = (type: string, text: string) => conditionOf({ type }, text);

it("text is looked for inside, with a star at the start, with a sign as a whole", () => {
  expect(of("string", "rock")).toEqual({ contains: "rock" });
  expect(of("string", "rock*")).toEqual({ startsWith: "rock" });
  expect(of("string", "=rock")).toEqual({ eq: "rock" });
});

it("numbers are compared as numbers, exact ones stay text", () => {
  expect(of("integer", ">= 10")).toEqual({ gte: 10 });
  expect(of("integer", "ten")).toBeNull();
  expect(of("decimal", "<1.50")).toEqual({ lt: "1.50" });
  expect(of("integer", "1|2")).toEqual({ in: [1, 2] });
});

it("empty, booleans and unfinished input", () => {
  expect(of("date", "empty")).toEqual({ isNull: true });
  expect(of("date", "!empty")).toEqual({ isNull: false });
  expect(of("boolean", "yes")).toEqual({ eq: true });
  expect(of("integer", ">")).toBeNull();
});

it("columns without input are left out", () => {
  const fields = [{ id: "1", name: "a", type: "string" }, { id: "2", name: "b", type: "integer" }];
  expect(filterOf(fields, { a: "x", b: "" })).toEqual({ a: { contains: "x" } });
  expect(filterOf(fields, {})).toBeNull();
});
