/** Who it is tried as: somebody that was kept, or typed freely. */
import { useDraft } from "@/api/hooks";
import { Button, IconButton } from "@/kit/button";
import { Draft, Input, Labelled, Select, TextArea } from "@/kit/input";
import { Section } from "@/kit/layout";
import { t } from "@/kit/text";
import { Tokens } from "@/kit/tokens";
import { BookmarkPlus, Trash2 } from "lucide-react";
import { useState } from "react";
import { keepPrincipals, keptPrincipals, nameOf, nobody, objectOf, type Somebody } from "./try-principal";

export interface Circumstances {
  /** An object, as it is typed. */
  context: string;
  /** `2026-11-21T10:00`, UTC; now when empty. */
  now: string;
}

export interface WhoProps {
  who: Somebody;
  roles: readonly string[];
  /** Attributes that conditions read. */
  wanted: readonly string[];
  circumstances: Circumstances;
  onWho: (who: Somebody) => void;
  onCircumstances: (circumstances: Circumstances) => void;
}

export function Who({ who, roles, wanted, circumstances, onWho, onCircumstances }: WhoProps) {
  const workspace = useDraft((state) => state.location);
  const [kept, setKept] = useState(() => keptPrincipals(workspace));
  const keep = (list: readonly Somebody[]) => {
    keepPrincipals(workspace, list);
    setKept(list);
  };
  const same = kept.findIndex((other) => nameOf(other) === nameOf(who));
  const byRole = roles.map((role): Somebody => ({ ...nobody, userId: role, roles: [role] }));
  const attributes = objectOf(who.attributes);
  const missing = wanted.filter((name) => attributes.value?.[name] === undefined);
  return (
    <>
      <Section title={t("Who asks")}>
        <div className="flex items-center gap-1">
          <Select
            aria-label={t("Principals")}
            value=""
            onChange={(event) => {
              const [list, at] = event.target.value.split("/");
              const chosen = (list === "kept" ? kept : byRole)[Number(at)];
              if (chosen) onWho(chosen);
            }}
          >
            <option value="">{t("Choose somebody…")}</option>
            {kept.length > 0 ? (
              <optgroup label={t("Kept")}>
                {kept.map((somebody, at) => (
                  <option key={at} value={`kept/${at}`}>
                    {nameOf(somebody)}
                  </option>
                ))}
              </optgroup>
            ) : null}
            <optgroup label={t("One of each role")}>
              {byRole.map((somebody, at) => (
                <option key={somebody.userId} value={`role/${at}`}>
                  {nameOf(somebody)}
                </option>
              ))}
            </optgroup>
          </Select>
          <IconButton label={t("Keep {{name}} for the next time", { name: nameOf(who) })} onClick={() => keep(same < 0 ? [...kept, who] : kept.map((other, at) => (at === same ? who : other)))}>
            <BookmarkPlus className="size-4" aria-hidden />
          </IconButton>
          {same >= 0 ? (
            <IconButton label={t("Forget {{name}}", { name: nameOf(who) })} onClick={() => keep(kept.filter((_, at) => at !== same))}>
              <Trash2 className="size-4" aria-hidden />
            </IconButton>
          ) : null}
        </div>
        <Labelled label={t("User")} beside>
          {(ids) => <Draft {...ids} live value={who.userId} onCommit={(userId) => onWho({ ...who, userId })} />}
        </Labelled>
        <Labelled label={t("Roles")} beside>
          {(ids) => <Tokens {...ids} label={t("Roles")} values={who.roles} suggestions={roles} placeholder={t("none")} onChange={(next) => onWho({ ...who, roles: next })} />}
        </Labelled>
        <Labelled label={t("Organisation")} beside>
          {(ids) => <Draft {...ids} live value={who.orgId} placeholder={t("none")} onCommit={(orgId) => onWho({ ...who, orgId })} />}
        </Labelled>
        <Labelled
          label={t("Attributes")}
          problem={attributes.problem ? t("Attributes are a JSON object, as {\"region\": \"EU\"}") : undefined}
          help={!attributes.problem && missing.length > 0 ? t("Conditions read: {{names}}", { names: missing.join(", ") }) : undefined}
        >
          {(ids) => <TextArea {...ids} rows={2} className="font-mono text-sm" placeholder={`{"${wanted[0] ?? "region"}": "…"}`} value={who.attributes} onChange={(event) => onWho({ ...who, attributes: event.target.value })} />}
        </Labelled>
        {missing.length > 0 && !attributes.problem ? (
          <Button className="h-6 self-start" onClick={() => onWho({ ...who, attributes: JSON.stringify({ ...attributes.value, ...Object.fromEntries(missing.map((name) => [name, ""])) }, null, 1) })}>
            {t("Fill in what they read")}
          </Button>
        ) : null}
      </Section>
      <Section title={t("Where and when")} open={false}>
        <Labelled label={t("Tenant")} beside>
          {(ids) => <Draft {...ids} value={who.tenantId} placeholder={t("the default one")} onCommit={(tenantId) => onWho({ ...who, tenantId })} />}
        </Labelled>
        <Labelled label={t("Realm")} beside>
          {(ids) => <Draft {...ids} value={who.realmId} placeholder={t("the default one")} onCommit={(realmId) => onWho({ ...who, realmId })} />}
        </Labelled>
        <Labelled label={t("Time (UTC)")} beside>
          {(ids) => <Input {...ids} type="datetime-local" value={circumstances.now} onChange={(event) => onCircumstances({ ...circumstances, now: event.target.value })} />}
        </Labelled>
        <Labelled label={t("Context")} problem={objectOf(circumstances.context).problem ? t("The context is a JSON object") : undefined}>
          {(ids) => <TextArea {...ids} rows={2} className="font-mono text-sm" placeholder='{"purpose": "support"}' value={circumstances.context} onChange={(event) => onCircumstances({ ...circumstances, context: event.target.value })} />}
        </Labelled>
      </Section>
    </>
  );
}
