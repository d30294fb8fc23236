import type { TryClause } from "@/contract/TryClause";
import { expect, it } from "vitest";
import { culprits, isToldInside, partsOf } from "./clauses";

const clause = (text: string, outcome: string, parts: TryClause[] = [], decisive = true): TryClause => ({ text, span: [0, text.length], outcome, decisive, parts });

it("the culprit is the smallest decisive part that fails", () => {
  const left = clause("record.a == 1", "true", [], false);
  const right = clause("record.b == 'x'", "false", [clause("record.b", "value", [], false)]);
  expect(culprits(clause("record.a == 1 && record.b == 'x'", "false", [left, right])).map((part) => part.text)).toEqual(["record.b == 'x'"]);
});

it("of an `or` every side that fails is one", () => {
  const sides = [clause("a", "false"), clause("b", "error")];
  expect(culprits(clause("a || b", "error", sides)).map((part) => part.text)).toEqual(["a", "b"]);
});

it("a negation of what is true is the culprit itself", () => {
  const whole = clause("!record.closed", "false", [clause("record.closed", "true")]);
  expect(culprits(whole)).toEqual([whole]);
});

it("nothing fails in what holds", () => {
  expect(culprits(clause("true", "true"))).toEqual([]);
});

it("the sides of a chain stand beside each other, those of another inside it do not", () => {
  const text = "a && é || b && c";
  const part = (from: number, to: number, parts: TryClause[] = []): TryClause => ({ text: Buffer.from(text).subarray(from, to).toString(), span: [from, to], outcome: "true", decisive: true, parts });
  const whole = part(0, 17, [part(0, 7, [part(0, 1), part(5, 7)]), part(11, 17, [part(11, 12), part(16, 17)])]);
  expect(partsOf(whole).map((side) => side.text)).toEqual(["a && é", "b && c"]);
  expect(partsOf(whole.parts[0] as TryClause).map((side) => side.text)).toEqual(["a", "é"]);
  const chain = part(0, 17, [part(0, 12, [part(0, 7, [part(0, 1), part(5, 7)]), part(11, 12)]), part(16, 17)]);
  expect(partsOf({ ...chain, text: "a && é && b && c", parts: [{ ...(chain.parts[0] as TryClause), text: "a && é && b" }, part(16, 17)] }).map((side) => side.text)).toEqual(["a", "é", "b", "c"]);
});

it("what is wrong is told once, where it is", () => {
  const inside: TryClause = { ...clause("principal.x", "error"), value: "`x` is not there" };
  const whole: TryClause = { ...clause("principal.x == 1", "error", [inside]), value: "`x` is not there" };
  expect([isToldInside(whole), isToldInside(inside)]).toEqual([true, false]);
});

it("literals and bare variables have no line of their own", () => {
  const parts = [clause("'x'", "value"), clause("-3", "value"), clause("record", "value"), clause("record.b", "value")];
  expect(partsOf(clause("f", "value", parts)).map((part) => part.text)).toEqual(["record.b"]);
});
