/** Rules of an entity as people read them: their order, their looks, new ones. Which of them decide is the core's to say. */
import type { PolicyDoc } from "@/contract/PolicyDoc";
import { newId } from "@/model/make";
import { type Entity, freeName } from "@/model/workspace";

export const actions = ["create", "read", "update", "delete"] as const;

/** Everyone in a rule's roles, every action in its actions. */
export const EVERY = "*";

/** What a rule says when its entity names no algorithm. */
export const DEFAULT_COMBINING = "priority-deny-overrides";

/** The algorithms in words: what happens when rules disagree. */
export const combiningWords: Record<string, string> = {
  "priority-deny-overrides": "The rule of the highest priority decides; at equal priority a deny beats an allow. Nothing matches: denied.",
  "deny-overrides": "Any deny that matches decides, whatever its priority; then any allow. Nothing matches: denied.",
  "permit-overrides": "Any allow that matches decides; a deny has no say. Nothing matches: denied.",
  "deny-unless-permit": "Denied, unless an allow matches.",
  "permit-unless-deny": "Allowed, unless a deny matches. This opens what nobody thought of.",
  "first-applicable": "The first rule that matches decides, in the order of the list. Nothing matches: denied.",
  "only-one-applicable": "Exactly one rule may match, and it decides. None, or more than one: denied.",
};

/** Whether the order of the list means something, or only priorities do. */
export const isListed = (combining: string | undefined) => combining === "first-applicable";

/** Rules in the order in which they are asked. */
export function inOrder(entity: Pick<Entity, "policies" | "combining">): readonly PolicyDoc[] {
  const denyFirst = (policy: PolicyDoc) => Number(policy.effect !== "deny");
  const rules = [...entity.policies];
  switch (entity.combining ?? DEFAULT_COMBINING) {
    case "priority-deny-overrides":
      return rules.sort((left, right) => right.priority - left.priority || denyFirst(left) - denyFirst(right));
    case "deny-overrides":
    case "permit-unless-deny":
      return rules.sort((left, right) => denyFirst(left) - denyFirst(right));
    case "permit-overrides":
    case "deny-unless-permit":
      return rules.sort((left, right) => denyFirst(right) - denyFirst(left));
    default:
      return rules;
  }
}

/** For whom a rule is, in words. */
export function whom(policy: PolicyDoc): readonly string[] {
  const users = policy.principals ?? [];
  if (policy.roles.includes(EVERY) || (policy.roles.length === 0 && users.length === 0)) return [];
  return [...policy.roles, ...users];
}

/** Every role that some rule of the workspace names. */
export function knownRoles(entities: readonly Entity[]): readonly string[] {
  const names = entities.flatMap((entity) => entity.policies.flatMap((policy) => policy.roles));
  return [...new Set(names)].filter((name) => name !== EVERY).sort((left, right) => left.localeCompare(right, "en"));
}

/** A rule that nobody has filled in yet, for a cell of the table or for nobody in particular. */
export function newRule(entity: Entity, effect: "allow" | "deny", cell?: { kind: string; name: string; action: string }): PolicyDoc {
  const who = cell?.kind === "role" ? { roles: [cell.name] } : cell?.kind === "user" ? { roles: [], principals: [cell.name] } : { roles: [] };
  const subject = !cell ? "" : cell.kind === "everyone" ? "Everyone" : cell.name.charAt(0).toUpperCase() + cell.name.slice(1);
  const verb = effect === "deny" ? "MayNot" : "May";
  const wanted = cell ? `${subject.replaceAll(/[^A-Za-z0-9]/g, "")}${verb}${cell.action.charAt(0).toUpperCase()}${cell.action.slice(1)}` : "rule";
  return {
    id: newId("pol"),
    name: freeName(wanted, entity.policies.map((policy) => policy.name)),
    effect,
    actions: [cell?.action ?? "read"],
    ...who,
    // A deny beside an allow of the same priority wins; an allow has to outrank what denies, which people decide.
    priority: 0,
    condition: null as never,
    fields: null as never,
    obligations: [],
  };
}

/** A copy with a name and id of its own. */
export function copyOf(entity: Entity, policy: PolicyDoc): PolicyDoc {
  return { ...structuredClone(policy), id: newId("pol"), name: freeName(policy.name, entity.policies.map((other) => other.name)) };
}
