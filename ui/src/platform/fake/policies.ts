/** Canned answers about policies: near enough to look at; the core decides for real. */
import type { Document } from "@/contract/Document";
import type { PolicyDoc } from "@/contract/PolicyDoc";
import type { PolicyRef } from "@/contract/PolicyRef";
import type { TryClause } from "@/contract/TryClause";
import type { TryPrincipal } from "@/contract/TryPrincipal";
import type { TryRule } from "@/contract/TryRule";
import type { Answers } from "./answers";

type Entity = Extract<Document, { kind: "entity" }>;

const actions = ["create", "read", "update", "delete"];
const algorithms = ["priority-deny-overrides", "deny-overrides", "permit-overrides", "deny-unless-permit", "permit-unless-deny", "first-applicable", "only-one-applicable"];

const names = (list: readonly string[], name: string) => list.includes("*") || list.includes(name);
const isForAll = (policy: PolicyDoc) => names(policy.roles, "*") || (policy.roles.length === 0 && (policy.principals ?? []).length === 0);
const ordered = (entity: Entity) => [...entity.policies].sort((left, right) => right.priority - left.priority || Number(left.effect !== "deny") - Number(right.effect !== "deny"));

function cell(entity: Entity, speaks: (policy: PolicyDoc) => boolean) {
  const deciding: PolicyRef[] = [];
  const shadowed: PolicyRef[] = [];
  const effects = new Set<string>();
  let settled = false;
  for (const policy of ordered(entity).filter(speaks)) {
    (settled ? shadowed : deciding).push({ id: policy.id, name: policy.name });
    if (settled) continue;
    effects.add(policy.effect);
    settled = !policy.condition;
  }
  if (!settled) effects.add("deny");
  const verdict = effects.size > 1 ? "conditional" : deciding.length === 0 ? "nothing" : effects.has("allow") ? "allow" : "deny";
  return { verdict, deciding, shadowed, limitsFields: entity.policies.some((policy) => deciding.some((by) => by.id === policy.id) && Boolean(policy.fields)) };
}

export function policyAnswers(entityOf: (id: string) => Entity): Answers {
  return {
    "policies.read_matrix": ({ entityId }) => {
      const entity = entityOf(entityId);
      const sorted = (list: readonly string[]) => [...new Set(list)].filter((name) => name !== "*").sort();
      const rows = [
        ...sorted(entity.policies.flatMap((policy) => policy.roles)).map((name) => ({ kind: "role", name })),
        { kind: "everyone", name: "*" },
        ...sorted(entity.policies.flatMap((policy) => policy.principals ?? [])).map((name) => ({ kind: "user", name })),
      ];
      const speaks = (policy: PolicyDoc, kind: string, name: string, action: string) =>
        names(policy.actions, action) && (isForAll(policy) || (kind === "role" && policy.roles.includes(name)) || (kind === "user" && (policy.principals ?? []).includes(name)));
      return {
        combining: entity.combining ?? "priority-deny-overrides",
        algorithms,
        actions,
        rows: rows.map(({ kind, name }) => ({ kind, name, cells: actions.map((action) => cell(entity, (policy) => speaks(policy, kind, name, action))) })),
      };
    },
    "policies.check_condition": ({ entityId, text }) => {
      const known = [...entityOf(entityId).fields.map((field) => field.name), "id"];
      const bad = [...text.matchAll(/\brecord\.(\w+)/g)].filter((match) => !known.includes(match[1] ?? ""));
      const problems = bad.map((match) => {
        const wrong = match[1] ?? "";
        const near = known.find((name) => name.slice(0, 2) === wrong.slice(0, 2)) ?? "id";
        const span: [number, number] = [(match.index ?? 0) + 7, (match.index ?? 0) + 7 + wrong.length];
        return {
          code: "expression/name-unknown", severity: "error" as const, params: { name: wrong }, span,
          message: `there is no \`${wrong}\``, help: `did you mean \`${near}\`?`, repairs: [{ title: `Write \`${near}\``, span, text: near }],
        };
      });
      return { problems, ...(problems.length === 0 && { canonical: text }) };
    },
    "policies.complete_condition": ({ entityId, text, offset }) => {
      const start = text.slice(0, offset).replace(/\w*$/, "").length;
      const items = text.slice(0, start).endsWith("record.")
        ? entityOf(entityId).fields.map((field) => ({ label: field.name, kind: "field", detail: field.type }))
        : ["record", "principal", "context", "now"].map((label) => ({ label, kind: "variable" }));
      return { span: [start, offset], items: items.filter((item) => item.label.startsWith(text.slice(start, offset))) };
    },
    "policies.try_draft": ({ entityId, principal, recordId, values }) => tried(entityOf(entityId), principal, recordId ?? null, values ?? null),
  };
}

function clauseOf(text: string, holds: boolean): TryClause {
  const sides = text.split(" && ");
  const leaf = (side: string, at: number): TryClause => {
    const fails = !holds && at === sides.length - 1;
    const name = side.split(" ")[0] ?? side;
    const parts: TryClause[] = [{ text: name, span: [0, name.length], outcome: "value", value: "'LU'", decisive: false, parts: [] }];
    return { text: side, span: [0, side.length], outcome: fails ? "false" : "true", decisive: holds || fails, parts };
  };
  if (sides.length === 1) return leaf(text, 0);
  return { text, span: [0, text.length], outcome: holds ? "true" : "false", decisive: true, parts: sides.map(leaf) };
}

function tried(entity: Entity, principal: TryPrincipal, recordId: string | null, values: Record<string, unknown> | null) {
  const rules = (action: string): TryRule[] => {
    let decided = false;
    return ordered(entity)
      .filter((policy) => names(policy.actions, action) && (isForAll(policy) || policy.roles.some((role) => principal.roles.includes(role))))
      .map((policy) => {
        const holds = !policy.condition || Number(recordId ?? 1) % 2 === 1;
        const decisive = holds && !decided;
        decided ||= holds;
        return {
          id: policy.id, name: policy.name, effect: policy.effect, priority: policy.priority, outcome: holds ? "matched" : "failed", decisive,
          ...(policy.condition && { condition: clauseOf(policy.condition, holds) }),
        };
      });
  };
  const decisions = actions.map((action) => {
    const asked = rules(action);
    const by = asked.find((rule) => rule.decisive);
    const allowed = by?.effect === "allow";
    return { action, allowed, reason: by ? `${allowed ? "allowed" : "denied"} by \`${by.name}\`` : `no policy allows \`${action}\``, missing: [], obligations: [], rules: asked };
  });
  const row = (at: number) => ({ id: String(at), values: Object.fromEntries(entity.fields.map((field) => [field.name, `${field.name} ${at}`])) });
  const record = values ?? (recordId === null ? null : row(Number(recordId)).values);
  const reads = decisions[1]?.allowed ?? false;
  return {
    now: "2026-11-21T10:00:00Z", notes: [], policySet: "9f2c6ad04b7e11", decisions, record,
    fields: record && reads ? entity.fields.map((field, at) => (at === 3 ? { name: field.name, access: "masked", writable: false, seen: "***" } : { name: field.name, access: "readable", writable: true, seen: record[field.name] })) : null,
    rows: { total: 40, visible: reads ? 20 : 0, seen: reads ? [1, 3, 5, 7].map(row) : [], hidden: [2, 4, 6].map(row) },
  };
}
