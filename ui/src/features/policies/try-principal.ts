/** Who policies are tried as: the form's words, and the principals this person keeps for it. */
import type { TryPrincipal } from "@/contract/TryPrincipal";

export interface Somebody {
  userId: string;
  roles: readonly string[];
  orgId: string;
  tenantId: string;
  realmId: string;
  /** An object, as it is typed. */
  attributes: string;
}

export const nobody: Somebody = { userId: "ann", roles: [], orgId: "", tenantId: "", realmId: "", attributes: "" };

/** An object as it is typed; `problem` says that it is none. */
export function objectOf(text: string): { value: Record<string, unknown> | null; problem: boolean } {
  if (text.trim() === "") return { value: null, problem: false };
  try {
    const value: unknown = JSON.parse(text);
    const fits = typeof value === "object" && value !== null && !Array.isArray(value);
    return fits ? { value: value as Record<string, unknown>, problem: false } : { value: null, problem: true };
  } catch {
    return { value: null, problem: true };
  }
}

export function principalOf(who: Somebody): TryPrincipal {
  const attributes = objectOf(who.attributes).value;
  return {
    userId: who.userId.trim(),
    roles: [...who.roles],
    ...(who.orgId.trim() && { orgId: who.orgId.trim() }),
    ...(who.tenantId.trim() && { tenantId: who.tenantId.trim() }),
    ...(who.realmId.trim() && { realmId: who.realmId.trim() }),
    ...(attributes && { attributes }),
  };
}

/** Attributes of the principal that conditions read besides the ones everybody has. */
export function attributesIn(conditions: readonly string[]): readonly string[] {
  const own = new Set(["userId", "roles", "tenantId", "realmId", "orgId"]);
  const names = conditions.flatMap((text) => [...text.matchAll(/\bprincipal\.([A-Za-z_]\w*)/g)].map((match) => match[1] ?? ""));
  return [...new Set(names)].filter((name) => !own.has(name)).sort();
}

const KEY = "maquette.principals";

/** Kept on this machine, for each workspace. */
export function keptPrincipals(workspace: string): readonly Somebody[] {
  try {
    const all = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Record<string, Somebody[]>;
    return (all[workspace] ?? []).map((kept) => ({ ...nobody, ...kept }));
  } catch {
    return [];
  }
}

export function keepPrincipals(workspace: string, list: readonly Somebody[]) {
  let all: Record<string, readonly Somebody[]> = {};
  try {
    all = JSON.parse(localStorage.getItem(KEY) ?? "{}") as typeof all;
  } catch {
    // What cannot be read is written anew.
  }
  localStorage.setItem(KEY, JSON.stringify({ ...all, [workspace]: list }));
}

export const nameOf = (who: Somebody) => (who.roles.length > 0 ? `${who.userId} (${who.roles.join(", ")})` : who.userId);
