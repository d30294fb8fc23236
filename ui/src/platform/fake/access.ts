/** Members, keys, tokens and tenants of the fake core; they change as the real ones do. */
import type { Member } from "@/contract/Member";
import type { Tenant } from "@/contract/Tenant";
import type { Token } from "@/contract/Token";
import type { TrustedKey } from "@/contract/TrustedKey";
import type { Answers } from "./answers";
import { refusal } from "./core";

/** An answer is a value of its own, as one that crossed a wire is. */
const copied = <T>(list: T[]): T[] => structuredClone(list);

const now = () => new Date().toISOString();

export function accessAnswers(fresh: boolean): Answers {
  let members: Member[] = fresh
    ? []
    : [
        { userId: "ann", roles: ["owner"], createdAt: "2026-11-02T09:00:00Z", createdBy: "ann" },
        { userId: "bob", roles: ["designer", "publisher"], createdAt: "2026-11-03T10:30:00Z", createdBy: "ann" },
        { userId: "vic", roles: ["viewer"], createdAt: "2026-11-12T15:10:00Z", createdBy: "ann" },
      ];
  let signing = { keyId: "9a1f0c77e21b4d53", publicKey: "q6yM0cM3uPpPzq0aB0u1sKJb7e2Yx0m1H6mXj2kQv0A=", keptIn: "the desktop's keychain", plainText: false };
  const keys: TrustedKey[] = [
    { keyId: signing.keyId, publicKey: signing.publicKey, createdAt: "2026-11-02T09:05:00Z", createdBy: "ann" },
    { keyId: "04bb8e2210f9c6a7", publicKey: "old", createdAt: "2026-10-02T09:05:00Z", createdBy: "ann", revokedAt: "2026-11-02T09:06:00Z" },
  ];
  const tenants: Tenant[] = [
    { id: "acme", name: "Acme Industries", createdAt: "2026-11-05T08:00:00Z" },
    { id: "default", name: "Default", createdAt: "2026-11-02T09:00:00Z" },
    { id: "globex", name: "Globex", createdAt: "2026-11-06T08:00:00Z", suspendedAt: "2026-11-19T08:00:00Z" },
  ];
  const token = (id: string, more: Partial<Token>): Token => ({
    id, kind: "data", state: "active", userId: "ann", tenants: ["default"], realmId: "main", roles: [], attributes: {}, createdAt: "2026-11-05T08:00:00Z", ...more,
  });
  const tokens: Token[] = fresh
    ? []
    : [
        token("tok_admin", { kind: "admin", userId: "admin", tenants: [], roles: ["admin"], lastUsedAt: "2026-11-20T14:03:00Z" }),
        token("tok_shop", { userId: "web-shop", tenants: ["acme", "default"], roles: ["sales"], expiresAt: "2027-02-05T08:00:00Z", lastUsedAt: "2026-11-20T14:11:00Z" }),
        token("tok_report", { userId: "reports", tenants: ["acme"], roles: ["auditor"], state: "expired", expiresAt: "2026-11-10T08:00:00Z" }),
        token("tok_old", { userId: "web-shop", roles: ["sales"], state: "revoked", revokedAt: "2026-11-09T08:00:00Z" }),
      ];
  const found = <T extends { id: string }>(list: T[], id: string): T => {
    const entry = list.find((known) => known.id === id);
    if (!entry) throw refusal("access/token-not-found", `There is no \`${id}\``);
    return entry;
  };
  const ends = (seconds: number | null | undefined) => (seconds ? new Date(Date.now() + seconds * 1000).toISOString() : null);
  let made = 0;
  const make = (more: Partial<Token>) => {
    made += 1;
    const fresh = token(`tok_${made}`, { createdAt: now(), ...more });
    tokens.push(fresh);
    return { token: fresh, secret: `maq_${fresh.kind}_${String(made).repeat(64).slice(0, 64)}4c1d9e02` };
  };
  return {
    "members.list_members": () => ({ members, you: "ann", yourRoles: ["owner"] }),
    "members.put_member": ({ userId, roles }) => {
      const others = members.filter((member) => member.userId !== userId);
      if (!roles.includes("owner") && members.length > 0 && !others.some((member) => member.roles.includes("owner")))
        throw refusal("access/last-owner", "the last owner cannot leave, or lose the role");
      const member = { userId, roles, createdAt: now(), createdBy: "ann" };
      const first: Member[] = members.length === 0 && userId !== "ann" ? [{ userId: "ann", roles: ["owner"], createdAt: now(), createdBy: "ann" }] : [];
      members = [...first, ...others, member];
      return member;
    },
    "members.remove_member": ({ userId }) => {
      members = members.filter((member) => member.userId !== userId);
      return {};
    },
    "keys.get_signing_key": () => signing,
    "keys.rotate_signing_key": () => {
      signing = { ...signing, keyId: "55d0e1f2a3b4c5d6", publicKey: "bmV3IGtleSBvZiAzMiBieXRlcyBmb3Igc2lnbmluZyEhIQ==" };
      return signing;
    },
    "keys.list_keys": () => ({ keys: copied(keys) }),
    "keys.trust_key": ({ publicKey }) => {
      if (publicKey != null && publicKey.length < 40) throw refusal("access/key-wrong", "this is not an Ed25519 public key");
      keys.push({ keyId: publicKey == null ? signing.keyId : "77aa00bb11cc22dd", publicKey: publicKey ?? signing.publicKey, createdAt: now(), createdBy: "ann" });
      return {};
    },
    "keys.revoke_key": ({ id }) => {
      const key = keys.find((known) => known.keyId === id);
      if (key) key.revokedAt = now();
      return {};
    },
    "tokens.list_tokens": ({ user, tenant, kind, state }) => ({
      tokens: copied(tokens).filter((one) => (!user || one.userId === user) && (!tenant || one.tenants.includes(tenant)) && (!kind || one.kind === kind) && (!state || one.state === state)),
    }),
    "tokens.create_token": ({ kind, userId, tenants: asked, realmId, roles, expiresIn }) =>
      make({ kind: kind ?? "data", userId, tenants: asked?.length ? asked : ["default"], realmId: realmId ?? "main", roles: roles ?? [], expiresAt: ends(expiresIn) }),
    "tokens.rotate_token": ({ id, graceSeconds }) => {
      const old = found(tokens, id);
      if (graceSeconds) old.expiresAt = ends(graceSeconds);
      else Object.assign(old, { state: "revoked", revokedAt: now() });
      const { userId, kind, tenants: held, roles } = old;
      return make({ userId, kind, tenants: held, roles });
    },
    "tokens.revoke_token": ({ id }) => {
      Object.assign(found(tokens, id), { state: "revoked", revokedAt: now() });
      return {};
    },
    "tenants.list_tenants": () => ({ tenants: copied(tenants) }),
    "tenants.add_tenant": ({ id, name }) => {
      if (tenants.some((tenant) => tenant.id === id)) throw refusal("access/tenant-exists", `there is a tenant \`${id}\` already`);
      const tenant = { id, name: name ?? id, createdAt: now() };
      tenants.push(tenant);
      return tenant;
    },
    "tenants.rename_tenant": ({ id, name }) => Object.assign(found(tenants, id), { name }),
    "tenants.suspend_tenant": ({ id }) => Object.assign(found(tenants, id), { suspendedAt: now() }),
    "tenants.resume_tenant": ({ id }) => Object.assign(found(tenants, id), { suspendedAt: null }),
  };
}
