import type { Edit } from "@/contract/Edit";
import cases from "../../../tests/fixtures/edits.json";
import { describe, expect, it } from "vitest";
import { apply, applyAll, type DocumentsJson, EditRefused } from "./edit";

interface Case {
  name: string;
  before: DocumentsJson;
  edits: Edit[];
  after?: DocumentsJson;
  inverse?: Edit[];
  error?: string;
}

describe("the fixtures shared with Rust hold here too", () => {
  for (const test of cases as unknown as Case[]) {
    it(test.name, () => {
      if (test.error !== undefined) {
        expect(() => applyAll(test.before, test.edits)).toThrow(test.error);
        return;
      }
      const { documents, inverse } = applyAll(test.before, test.edits);
      expect(documents).toEqual(test.after);
      expect(inverse).toEqual(test.inverse);
      expect(applyAll(documents, inverse).documents).toEqual(test.before);
    });
  }
});

/** A small generator with a seed, so that a failure can be run again. */
function random(seed: number) {
  let state = seed;
  const next = () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const pick = <T,>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  return { next, pick };
}

function randomEdit(documents: DocumentsJson, { next, pick }: ReturnType<typeof random>, serial: number): Edit {
  const ids = [...Object.keys(documents), "ent_nobody"];
  const document = pick(ids);
  const fields = ((documents[document] as { fields?: { id: string }[] })?.fields ?? []).map((field) => field.id);
  const field = pick([...fields, "fld_nobody"]);
  const before = next() < 0.5 ? pick([...fields, field]) : undefined;
  const place = before === undefined ? {} : { before };
  switch (Math.floor(next() * 6)) {
    case 0:
      return { op: "addDocument", document: { kind: "entity", id: `ent_${serial}`, name: `E${serial}`, fields: [] } as never };
    case 1:
      return next() < 0.3 ? { op: "removeDocument", document } : { op: "remove", document, path: ["fields", field] };
    case 2:
      return { op: "add", document, path: ["fields"], value: { id: `fld_${serial}`, name: `f${serial}` }, ...place };
    case 3:
      return { op: "set", document, path: ["fields", field, pick(["name", "label", "default"])], value: pick([null, "x", 3, [1]]) };
    case 4:
      return { op: "set", document, path: pick([["label"], ["fields", field, "name"], ["indexes"]]) };
    default:
      return { op: "move", document, path: ["fields", field], ...place };
  }
}

describe("apply then revert is the identity", () => {
  for (let seed = 1; seed <= 40; seed++) {
    it(`over 60 generated edits (seed ${seed})`, () => {
      const chance = random(seed);
      const start: DocumentsJson = { ent_1: { kind: "entity", id: "ent_1", name: "A", fields: [{ id: "fld_1", name: "a" }] } };
      const picture = JSON.stringify(start);
      let documents = start;
      const inverses: Edit[] = [];
      for (let serial = 2; serial < 62; serial++) {
        const edit = randomEdit(documents, chance, serial);
        const before = documents;
        try {
          const applied = apply(documents, edit);
          expect(apply(applied.documents, applied.inverse).documents).toEqual(before);
          documents = applied.documents;
          inverses.unshift(applied.inverse);
        } catch (error) {
          expect(error).toBeInstanceOf(EditRefused);
          expect(documents).toBe(before);
        }
      }
      expect(applyAll(documents, inverses).documents).toEqual(start);
      expect(JSON.stringify(start)).toBe(picture);
    });
  }
});

it("what an edit does not touch stays the same object", () => {
  const documents: DocumentsJson = { a: { id: "a", fields: [{ id: "f" }, { id: "g" }] }, b: { id: "b" } };
  const after = apply(documents, { op: "set", document: "a", path: ["fields", "f", "name"], value: "x" }).documents;
  expect(after.b).toBe(documents.b);
  expect((after.a as { fields: unknown[] }).fields[1]).toBe((documents.a as { fields: unknown[] }).fields[1]);
});
