/** When, where and by whose right a rule applies, and the single users it is for. */
import type { PolicyDoc } from "@/contract/PolicyDoc";
import { Draft, Labelled } from "@/kit/input";
import { t } from "@/kit/text";
import { Tokens } from "@/kit/tokens";

/** `2026-11-21T10:00` as the browser has it, and RFC 3339 in UTC as the document has it. */
export const localOf = (instant: string | undefined) => (instant ?? "").replace(/(:\d\d)?(\.\d+)?Z$/, "").slice(0, 16);
export const instantOf = (local: string) => (local === "" ? undefined : `${local}:00Z`);

export function Limits({ rule, onChange }: { rule: PolicyDoc; onChange: (key: keyof PolicyDoc, value: unknown) => void }) {
  const scope = rule.scope ?? {};
  const setScope = (key: "realm" | "tenant" | "org", text: string) => {
    const next = Object.fromEntries(Object.entries({ ...scope, [key]: text.trim() }).filter(([, value]) => value));
    onChange("scope", Object.keys(next).length === 0 ? undefined : next);
  };
  const grantor = rule.grantedBy;
  return (
    <>
      <div className="grid grid-cols-2 gap-2">
        <When label={t("Valid from (UTC)")} value={rule.validFrom} onChange={(value) => onChange("validFrom", value)} />
        <When label={t("Until, not after (UTC)")} value={rule.validUntil} onChange={(value) => onChange("validUntil", value)} />
      </div>
      <Labelled label={t("Users")} help={t("By id, besides the roles. Without a role the rule is theirs alone.")}>
        {(ids) => <Tokens {...ids} label={t("Users")} values={rule.principals ?? []} placeholder={t("nobody in particular")} onChange={(next) => onChange("principals", next.length === 0 ? undefined : next)} />}
      </Labelled>
      <div className="grid grid-cols-3 gap-2">
        {(["realm", "tenant", "org"] as const).map((key) => (
          <Labelled key={key} label={{ realm: t("Realm"), tenant: t("Tenant"), org: t("Organisation") }[key]}>
            {(ids) => <Draft {...ids} value={scope[key] ?? ""} placeholder={t("any")} onCommit={(text) => setScope(key, text)} />}
          </Labelled>
        ))}
      </div>
      <div className="grid grid-cols-2 gap-2">
        <Labelled label={t("Lent by")} help={grantor ? t("It never gives more than they have.") : undefined}>
          {(ids) => <Draft {...ids} value={grantor?.userId ?? ""} placeholder={t("nobody")} onCommit={(text) => onChange("grantedBy", text.trim() === "" ? undefined : { userId: text.trim(), roles: grantor?.roles ?? [] })} />}
        </Labelled>
        {grantor ? (
          <Labelled label={t("with the roles")}>{(ids) => <Tokens {...ids} label={t("with the roles")} values={grantor.roles} onChange={(roles) => onChange("grantedBy", { ...grantor, roles })} />}</Labelled>
        ) : null}
      </div>
    </>
  );
}

function When({ label, value, onChange }: { label: string; value: string | undefined; onChange: (value: string | undefined) => void }) {
  // An instant with parts that the browser's field does not have stays as it is written.
  const fits = value === undefined || value === instantOf(localOf(value));
  return (
    <Labelled label={label}>
      {(ids) =>
        fits ? (
          <Draft {...ids} type="datetime-local" value={localOf(value)} onCommit={(text) => onChange(instantOf(text))} />
        ) : (
          <Draft {...ids} value={value ?? ""} onCommit={(text) => onChange(text.trim() === "" ? undefined : text.trim())} />
        )
      }
    </Labelled>
  );
}
