import type { PolicyDoc } from "@/contract/PolicyDoc";
import type { Entity } from "@/model/workspace";
import { expect, it } from "vitest";
import { inOrder, newRule, whom } from "./rules";

const rule = (name: string, more: Partial<PolicyDoc>): PolicyDoc => ({ id: `pol_${name}`, name, effect: "allow", actions: ["read"], roles: [], priority: 0, obligations: [], ...more });
const entity = (policies: PolicyDoc[], combining?: string) => ({ id: "ent_1", name: "Invoice", policies, ...(combining && { combining }) }) as unknown as Entity;
const names = (policies: readonly PolicyDoc[]) => policies.map((policy) => policy.name).join(" ");

it("rules stand in the order of their algorithm", () => {
  const rules = [rule("a", {}), rule("d", { effect: "deny" }), rule("b", { priority: 5 })];
  expect(names(inOrder(entity(rules)))).toBe("b d a");
  expect(names(inOrder(entity(rules, "deny-overrides")))).toBe("d a b");
  expect(names(inOrder(entity(rules, "permit-overrides")))).toBe("a b d");
  expect(names(inOrder(entity(rules, "first-applicable")))).toBe("a d b");
});

it("nobody named is everyone, unless a user is", () => {
  expect(whom(rule("a", {}))).toEqual([]);
  expect(whom(rule("a", { roles: ["*", "sales"] }))).toEqual([]);
  expect(whom(rule("a", { principals: ["ann"] }))).toEqual(["ann"]);
});

it("a rule from a cell is for its row and its action, under a free name", () => {
  const made = newRule(entity([rule("SalesMayRead", {})]), "allow", { kind: "role", name: "sales", action: "read" });
  expect(made).toMatchObject({ name: "SalesMayRead2", roles: ["sales"], actions: ["read"], effect: "allow" });
  expect(newRule(entity([]), "deny", { kind: "user", name: "ann", action: "delete" })).toMatchObject({ name: "AnnMayNotDelete", roles: [], principals: ["ann"] });
  expect(newRule(entity([]), "allow", { kind: "everyone", name: "*", action: "read" })).toMatchObject({ name: "EveryoneMayRead", roles: [] });
});
