import type { Edit } from "@/contract/Edit";
import { expect, it } from "vitest";
import type { Documents } from "./draft";
import { onTop, tryApply, withoutConflicts } from "./rebase";

const documents = { ent_1: { kind: "entity", id: "ent_1", name: "A", fields: [] } } as unknown as Documents;
const set = (value: string): Edit => ({ op: "set", document: "ent_1", path: ["name"], value });
const inGone: Edit = { op: "set", document: "ent_1", path: ["fields", "fld_9", "name"], value: "x" };

it("groups are applied in order, and one that does not fit is left out as a whole", () => {
  const result = onTop(documents, [[set("B")], [set("C"), inGone], [set("D")]]);
  expect(result.ent_1).toMatchObject({ name: "D" });
  expect(onTop(documents, [[set("B")], [set("C"), inGone]]).ent_1).toMatchObject({ name: "B" });
});

it("without anything on top the documents are the same object", () => {
  expect(onTop(documents, [])).toBe(documents);
  expect(tryApply(documents, [inGone])).toBeNull();
});

it("what is in no conflict is told by its place in the group", () => {
  const edits = [set("B"), set("C"), set("D")];
  expect(withoutConflicts(edits, [{ edits: [0] }, { edits: [2] }])).toEqual([edits[1]]);
});
