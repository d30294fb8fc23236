import { describe, expect, it } from "vitest";
import { accessOf, type FieldAccess, lossOf, lossRules, rulesOf } from "./field-access";

const names = ["a", "b", "c"];
const open = (name: string): FieldAccess => ({ name, access: "readable", mask: null, writable: true });

describe("what an allow gives", () => {
  it("without rules everything is readable and writable", () => {
    expect(accessOf(null, names)).toEqual(names.map(open));
    expect(rulesOf(names.map(open))).toBeUndefined();
  });

  it("without `read` all is read, and what is masked is not written", () => {
    const rules = { mask: { b: { kind: "hash" } } };
    expect(accessOf(rules, names).map((field) => [field.access, field.writable])).toEqual([["readable", true], ["masked", false], ["readable", true]]);
    expect(rulesOf(accessOf(rules, names))).toEqual(rules);
  });

  it("a mask wins over `read`, a star is every field", () => {
    expect(accessOf({ read: "*", mask: { a: { kind: "null" } }, write: ["a"] }, names).map((field) => [field.access, field.writable])).toEqual([["masked", true], ["readable", false], ["readable", false]]);
  });
});

it("every combination of choices survives the way out and back", () => {
  const choices: Omit<FieldAccess, "name">[] = (["readable", "masked", "hidden"] as const).flatMap((access) =>
    [true, false].map((writable) => ({ access, writable, mask: access === "masked" ? { kind: "partial", start: 1 } : null })),
  );
  for (const a of choices)
    for (const b of choices)
      for (const c of choices) {
        const fields = [a, b, c].map((choice, at) => ({ name: names[at] ?? "", ...choice }));
        expect(accessOf(rulesOf(fields), names)).toEqual(fields);
      }
});

it("a deny takes away what it names, and nothing makes it a deny of the record", () => {
  expect(lossOf({ read: ["a"] }, names)[0]).toEqual({ name: "a", read: true, write: true });
  expect(lossRules(lossOf({ read: ["a"] }, names))).toEqual({ read: ["a"] });
  expect(lossRules(lossOf({ write: ["b"] }, names))).toEqual({ write: ["b"] });
  expect(lossRules(lossOf({ read: ["a"], write: [] }, names))).toEqual({ read: ["a"], write: [] });
  expect(lossRules(lossOf(null, names))).toBeUndefined();
});
