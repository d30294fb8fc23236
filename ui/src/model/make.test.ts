import { expect, it } from "vitest";
import { applyAll } from "./edit";
import type { Documents } from "./draft";
import { addEntityEdits, changeType, layoutEdits, moveEdits, newEntity, newField, removeEntitiesEdits, removeFieldEdits } from "./make";
import { DIAGRAM, diagramOf, entitiesOf, entityOf, freeName, relationsOf, type Entity } from "./workspace";

const invoice: Entity = {
  ...newEntity({}),
  id: "ent_invoice",
  name: "Invoice",
  fields: [
    { id: "fld_number", name: "number", type: "string", unique: true, maxLength: 20 },
    { id: "fld_customer", name: "customer", type: "reference", referenceTo: "Customer" },
  ],
  uniques: [{ id: "unq_1", name: "by_number", fields: ["number", "customer"] }],
  indexes: [{ id: "idx_1", name: "customers", fields: ["customer"] }],
};
const customer: Entity = { ...newEntity({}), id: "ent_customer", name: "Customer" };
const documents: Documents = { ent_invoice: invoice, ent_customer: customer };
const run = (edits: Parameters<typeof applyAll>[1], from: Documents = documents) =>
  applyAll(from, edits).documents as Documents;

it("a new entity gets the first free name, whatever the case", () => {
  expect(freeName("Order", ["order", "Order2"])).toBe("Order3");
  expect(newEntity({ a: { ...customer, name: "entity" } }).name).toBe("Entity2");
});

it("the first move makes the diagram and later moves change it", () => {
  const first = run(moveEdits(documents, [{ id: "ent_invoice", x: 10.4, y: 20.6 }]));
  expect(diagramOf(first)?.positions).toEqual([{ id: "ent_invoice", x: 10, y: 21 }]);
  const second = run(moveEdits(first, [{ id: "ent_invoice", x: 1, y: 2 }, { id: "ent_customer", x: 3, y: 4 }]), first);
  expect(diagramOf(second)?.positions).toEqual([{ id: "ent_invoice", x: 1, y: 2 }, { id: "ent_customer", x: 3, y: 4 }]);
  expect(layoutEdits(second, [])).toHaveLength(1);
});

it("an entity is added where it was asked for and removed with its place", () => {
  const entity = newEntity(documents);
  const added = run(addEntityEdits(documents, entity, { x: 5, y: 6 }));
  expect(entityOf(added, entity.id)?.name).toBe("Entity");
  const removed = run(removeEntitiesEdits(added, [entity.id]), added);
  expect(entitiesOf(removed)).toHaveLength(2);
  expect(removed[DIAGRAM]).toMatchObject({ positions: [] });
});

it("removing a field takes it out of keys and indexes, and empty ones go too", () => {
  const after = entityOf(run(removeFieldEdits(invoice, invoice.fields[1]!)), "ent_invoice");
  expect(after?.fields.map((field) => field.name)).toEqual(["number"]);
  expect(after?.uniques).toEqual([{ id: "unq_1", name: "by_number", fields: ["number"] }]);
  expect(after?.indexes).toEqual([]);
});

it("a changed type takes its old keys away and brings what it needs", () => {
  const after = entityOf(run(changeType(invoice, invoice.fields[0]!, "decimal", "Customer")), "ent_invoice");
  expect(after?.fields[0]).toEqual({ id: "fld_number", name: "number", type: "decimal", unique: true, precision: 12, scale: 2 });
});

it("a reference field is a relation when its target exists", () => {
  expect(relationsOf(documents).map((relation) => relation.id)).toEqual(["ent_invoice/fld_customer"]);
  expect(relationsOf({ ent_invoice: invoice })).toEqual([]);
  expect(newField(invoice).name).toBe("field");
});
