/** Canned answers about roles: near enough to look at; the core decides for real. */
import type { Document } from "@/contract/Document";
import type { Edit } from "@/contract/Edit";
import type { EditResult } from "@/contract/EditResult";
import type { Finding } from "@/contract/Finding";
import { newId } from "@/model/make";
import type { Role } from "@/model/workspace";
import type { Answers } from "./answers";

const actions = ["create", "read", "update", "delete"];
const reads = ["list", "count", "search", "export"];
const namespaces = [
  { name: "entity", description: "records", operations: [...actions.map((name) => ({ name, description: `${name}s a record`, action: name })), ...reads.map((name) => ({ name, description: `${name}s records`, action: "read" }))] },
  { name: "workflow", description: "approvals", operations: ["start", "approve", "reject", "comment"].map((name) => ({ name, description: `${name}s a task` })) },
  { name: "collaboration", description: "working together", operations: ["comment", "share"].map((name) => ({ name, description: `${name}s a record` })) },
];
const persona = (name: string, label: string, permissions: string[], inherits: string[]) => ({ name, label, description: `${label} of the shop`, permissions, inherits });
const personas = [
  persona("user", "User", ["read:*", "workflow.start:*"], []),
  persona("powerUser", "Power User", ["create:*", "update:*"], ["user"]),
  persona("manager", "Manager", ["workflow.approve:*"], ["powerUser"]),
  persona("systemAdmin", "System Admin", ["*"], []),
];

function covers(permission: string, operation: string, entity: string): boolean {
  if (permission === "*") return true;
  const [action = "", resource = ""] = permission.split(":");
  const full = action.includes(".") || action === "*" ? action : `${namespaces.find((space) => space.operations.some((each) => each.name === action))?.name ?? "?"}.${action}`;
  const names = action === "*" || full === operation || (full.endsWith(".*") && operation.startsWith(full.slice(0, -1)));
  return names && (resource.endsWith("*") ? entity.startsWith(resource.slice(0, -1)) : resource === entity);
}

export function roleAnswers({ all, change }: { all: () => Document[]; change: (label: string, edits: Edit[], groupId?: string | null) => EditResult }): Answers {
  const roles = () => all().filter((document): document is Role => document.kind === "role");
  const entities = () => all().filter((document) => document.kind === "entity");
  const withAncestors = (name: string, seen = new Set<string>()): Set<string> => {
    if (!seen.has(name)) {
      seen.add(name);
      for (const parent of roles().find((role) => role.name === name)?.inherits ?? []) withAncestors(parent, seen);
    }
    return seen;
  };
  const check = (role: Role): Finding[] =>
    role.permissions.flatMap((permission): Finding[] => {
      const [action = "", resource] = permission.split(":");
      const at = { place: { document: role.id, path: ["permissions"] }, severity: "error" as const };
      if (permission === "*") return [];
      if (resource === undefined) return [{ ...at, code: "role/permission-invalid", params: { permission }, message: `\`${permission}\` cannot be read`, help: "write `action:resource`" }];
      if (!namespaces.some((space) => space.operations.some((each) => covers(`${action}:*`, `${space.name}.${each.name}`, ""))))
        return [{ ...at, code: "role/action-unknown", params: { permission, action }, message: `\`${action}\` in \`${permission}\` is not an operation`, help: "use an operation of the catalogue" }];
      if (!resource.endsWith("*") && !entities().some((entity) => entity.name === resource))
        return [{ ...at, code: "role/entity-unknown", params: { permission, entity: resource }, message: `\`${permission}\` is for \`${resource}\`, which is no entity`, help: "name an entity" }];
      return [];
    });
  const byId = (id: string) => roles().find((role) => role.id === id);
  return {
    "roles.list_operations": () => ({ namespaces, personas }),
    "roles.check_role": ({ document }) => ({ findings: document.kind === "role" ? check(document) : [] }),
    "roles.read_rights": ({ roleId }) => {
      const role = byId(roleId);
      const own = withAncestors(role?.name ?? "");
      const given = (operation: string, entity: string) =>
        roles().filter((each) => own.has(each.name)).flatMap((each) => each.permissions.filter((permission) => covers(permission, operation, entity)).map((permission) => ({ id: `${each.id}/${permission}`, name: `role ${each.name}: ${permission}` })));
      return {
        inherits: [...own].filter((name) => name !== role?.name),
        heirs: roles().filter((each) => each.id !== roleId && withAncestors(each.name).has(role?.name ?? "")).map((each) => each.name),
        actions,
        rows: entities().map((entity) => ({
          entityId: entity.id,
          entity: entity.name,
          cells: actions.map((action) => {
            const deciding = given(`entity.${action}`, entity.name);
            return { verdict: deciding.length > 0 ? "allow" : "nothing", deciding, shadowed: [], limitsFields: false };
          }),
          others: namespaces.slice(1).flatMap((space) => space.operations.flatMap((each) => {
            const by = given(`${space.name}.${each.name}`, entity.name).map((rule) => rule.name.replace("role ", ""));
            return by.length > 0 ? [{ operation: `${space.name}.${each.name}`, by }] : [];
          })),
        })),
      };
    },
    "roles.add_personas": ({ names, groupId }) =>
      change("Add personas", personas.filter((each) => (!names || names.includes(each.name)) && !roles().some((role) => role.name === each.name)).map((each): Edit => ({
        op: "addDocument", document: { kind: "role", format: 1, id: newId("rol"), ...each },
      })), groupId),
    "roles.rename_role": ({ roleId, name, groupId }) => {
      const old = byId(roleId)?.name ?? "";
      const heirs = roles().filter((role) => role.inherits.includes(old));
      return change(`Rename role ${old} to ${name}`, [
        { op: "set", document: roleId, path: ["name"], value: name },
        ...heirs.map((role): Edit => ({ op: "set", document: role.id, path: ["inherits"], value: role.inherits.map((parent) => (parent === old ? name : parent)) })),
      ], groupId);
    },
  };
}
