/**
 * Who may do what, as a table of roles and actions. A preview of the combining rule for people: higher priority first,
 * deny beats allow at equal priority, the first match decides, no match is deny. The engine decides for real.
 */
import type { PolicyDoc } from "@/contract/PolicyDoc";

export const actions = ["create", "read", "update", "delete"] as const;
export type Action = (typeof actions)[number];

export interface Cell {
  verdict: "allow" | "deny" | "conditional";
  /** The policy that decides; none where nothing speaks to it. */
  by: string | null;
}

/** Everyone without a named role. */
export const EVERYONE = "*";

const speaksTo = (policy: PolicyDoc, role: string, action: Action) =>
  (policy.actions.includes("*") || policy.actions.includes(action)) &&
  (policy.roles.length === 0 || policy.roles.includes("*") || policy.roles.includes(role));

export function rolesOf(policies: readonly PolicyDoc[]): string[] {
  const named = new Set(policies.flatMap((policy) => policy.roles).filter((role) => role !== "*"));
  return [...named].sort((left, right) => left.localeCompare(right, "en")).concat(EVERYONE);
}

export function decide(policies: readonly PolicyDoc[], role: string, action: Action): Cell {
  const matching = policies
    .filter((policy) => speaksTo(policy, role, action))
    .sort((left, right) => right.priority - left.priority || Number(right.effect === "deny") - Number(left.effect === "deny"));
  const first = matching[0];
  if (!first) return { verdict: "deny", by: null };
  const verdict = first.condition ? "conditional" : first.effect === "allow" ? "allow" : "deny";
  return { verdict, by: first.name };
}
