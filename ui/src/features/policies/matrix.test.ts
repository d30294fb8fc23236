import type { PolicyDoc } from "@/contract/PolicyDoc";
import { expect, it } from "vitest";
import { decide, EVERYONE, rolesOf } from "./matrix";

const policy = (name: string, more: Partial<PolicyDoc>): PolicyDoc => ({
  id: `pol_${name}`, name, effect: "allow", actions: ["read"], roles: [], priority: 0, fields: null, obligations: [], ...more,
});

it("what no policy speaks to is denied", () => {
  expect(decide([], "admin", "read")).toEqual({ verdict: "deny", by: null });
  expect(decide([policy("readers", { roles: ["user"] })], EVERYONE, "read")).toEqual({ verdict: "deny", by: null });
});

it("deny beats allow at equal priority, higher priority goes first", () => {
  const all = [policy("open", {}), policy("closed", { effect: "deny" })];
  expect(decide(all, "user", "read")).toEqual({ verdict: "deny", by: "closed" });
  expect(decide([...all, policy("boss", { roles: ["admin"], priority: 5 })], "admin", "read")).toEqual({ verdict: "allow", by: "boss" });
});

it("a star is every action, no roles are everyone", () => {
  expect(decide([policy("all", { actions: ["*"] })], EVERYONE, "delete").verdict).toBe("allow");
  expect(rolesOf([policy("a", { roles: ["user", "admin"] })])).toEqual(["admin", "user", "*"]);
});

it("a policy with a condition is shown as depending on it", () => {
  expect(decide([policy("own", { condition: "record.owner == principal.userId" })], "user", "read").verdict).toBe("conditional");
});
