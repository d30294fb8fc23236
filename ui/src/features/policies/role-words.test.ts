import type { Finding } from "@/contract/Finding";
import type { Entity, Role } from "@/model/workspace";
import { expect, it } from "vitest";
import { about, mayInherit, meaning, newRole, suggestions } from "./role-words";

const catalogue = {
  namespaces: [
    { name: "entity", description: "", operations: [{ name: "read", description: "", action: "read" }, { name: "create", description: "", action: "create" }] },
    { name: "workflow", description: "", operations: [{ name: "approve", description: "" }] },
  ],
  personas: [],
};
const entities = [{ name: "Invoice" }, { name: "InvoiceLine" }, { name: "Track" }] as unknown as Entity[];
const role = (name: string, inherits: string[] = []): Role => ({ kind: "role", format: 1, id: `rol_${name}`, name, permissions: [], inherits });

it("proposes operations before the colon and entities after it", () => {
  expect(suggestions("re", catalogue, entities)).toEqual(["read:", "create:"]);
  expect(suggestions("work", catalogue, entities)).toEqual(["workflow.approve:", "workflow.*:"]);
  expect(suggestions("read:inv", catalogue, entities)).toEqual(["read:Invoice", "read:InvoiceLine"]);
  expect(suggestions("read:", catalogue, entities)).toEqual(["read:*", "read:Invoice", "read:InvoiceLine", "read:Track"]);
  expect(suggestions("read:", undefined, entities)).toEqual([]);
});

it("finds what is said about one permission", () => {
  const finding = (permission: string, path: string[]) => ({ params: { permission }, place: { document: "rol_a", path } }) as unknown as Finding;
  const all = [finding("read:A", ["permissions"]), finding("read:B", ["permissions"]), finding("read:A", ["inherits"])];
  expect(about(all, "read:A")).toEqual([all[0]]);
});

it("says a permission in words", () => {
  expect(["*", "read:*", "workflow.*:Sales*", "*:Invoice"].map(meaning)).toEqual(["everything", "read on every entity", "all of workflow on entities named Sales…", "everything on Invoice"]);
});

it("offers to inherit only what does not come back", () => {
  const roles = [role("user"), role("manager", ["user"]), role("chief", ["manager"])];
  expect(mayInherit(role("user"), roles)).toEqual([]);
  expect(mayInherit(role("manager", ["user"]), roles)).toEqual(["user"]);
  expect(newRole([role("role")]).name).toBe("role2");
});
