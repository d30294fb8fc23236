import { expect, it } from "vitest";
import { attributesIn, keepPrincipals, keptPrincipals, nobody, objectOf, principalOf } from "./try-principal";

it("what is empty is left out", () => {
  expect(principalOf({ ...nobody, userId: " bob ", roles: ["sales"] })).toEqual({ userId: "bob", roles: ["sales"] });
  expect(principalOf({ ...nobody, orgId: "o", attributes: '{"region": "EU"}' })).toEqual({ userId: "ann", roles: [], orgId: "o", attributes: { region: "EU" } });
});

it("attributes are an object or nothing", () => {
  expect(objectOf("")).toEqual({ value: null, problem: false });
  expect(objectOf("[1]").problem).toBe(true);
  expect(objectOf("{").problem).toBe(true);
});

it("attributes that conditions read are told by name, once", () => {
  expect(attributesIn(["record.a == principal.region && principal.userId != ''", "principal.region in principal.regions"])).toEqual(["region", "regions"]);
});

it("principals are kept by workspace", () => {
  keepPrincipals("a", [{ ...nobody, userId: "eve" }]);
  keepPrincipals("b", []);
  expect(keptPrincipals("a").map((who) => who.userId)).toEqual(["eve"]);
  expect(keptPrincipals("b")).toEqual([]);
});
