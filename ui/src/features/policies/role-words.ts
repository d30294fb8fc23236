/** Roles as people write them: what may follow while a permission is typed, which findings are about it, new ones. */
import type { Finding } from "@/contract/Finding";
import type { OperationCatalogue } from "@/contract/OperationCatalogue";
import { newId } from "@/model/make";
import { type Entity, freeName, type Role } from "@/model/workspace";

/** Choices shown at once. */
const SHOWN = 60;

/** What a permission could become, from what is typed: operations before the colon, entities after it. */
export function suggestions(typed: string, catalogue: OperationCatalogue | undefined, entities: readonly Entity[]): readonly string[] {
  if (!catalogue) return [];
  const colon = typed.indexOf(":");
  if (colon === -1) {
    const names = catalogue.namespaces.flatMap((space) => {
      const own = space.operations.map((operation) => (space.name === "entity" ? operation.name : `${space.name}.${operation.name}`));
      return [...own, `${space.name}.*`];
    });
    return [...names, "*"].filter((name) => name.toLowerCase().includes(typed.toLowerCase())).map((name) => `${name}:`).slice(0, SHOWN);
  }
  const [action, resource] = [typed.slice(0, colon), typed.slice(colon + 1).toLowerCase()];
  const resources = ["*", ...entities.map((entity) => entity.name)];
  return resources.filter((name) => name.toLowerCase().includes(resource)).map((name) => `${action}:${name}`).slice(0, SHOWN);
}

/** The findings about one permission of a role. */
export const about = (findings: readonly Finding[], permission: string): readonly Finding[] =>
  findings.filter(({ place: { path }, params }) => path?.[0] === "permissions" && params["permission"] === permission);

/** The findings about what a role inherits, its name, or all of it. */
export const aboutKey = (findings: readonly Finding[], key: string): readonly Finding[] => findings.filter(({ place: { path } }) => (path?.[0] ?? "") === key);

/** What a permission means, in words. */
export function meaning(permission: string): string {
  if (permission === "*" || permission === "*:*") return "everything";
  const [action = "", resource = ""] = permission.split(":");
  const what = action === "*" ? "everything" : action.endsWith(".*") ? `all of ${action.slice(0, -2)}` : action;
  const where = resource === "*" ? "every entity" : resource.endsWith("*") ? `entities named ${resource.slice(0, -1)}…` : resource;
  return `${what} on ${where}`;
}

/** A role that nobody has filled in yet. */
export function newRole(roles: readonly Role[]): Role {
  return { kind: "role", format: 1, id: newId("rol"), name: freeName("role", roles.map((role) => role.name)), permissions: [], inherits: [] };
}

/** Roles that `role` may inherit without coming back to itself. */
export function mayInherit(role: Role, roles: readonly Role[]): readonly string[] {
  const byName = new Map(roles.map((each) => [each.name, each]));
  const comesBack = (name: string, seen: Set<string>): boolean => {
    if (name === role.name) return true;
    if (seen.has(name)) return false;
    seen.add(name);
    return (byName.get(name)?.inherits ?? []).some((parent) => comesBack(parent, seen));
  };
  return roles.filter((each) => !comesBack(each.name, new Set())).map((each) => each.name);
}

/** The short name beside the label people read. */
export const titleOf = (role: Role): string => role.label ?? role.name;
