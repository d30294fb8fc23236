/** One rule with everything it can say. Each change is an edit of the draft that can be undone. */
import { edit, useEntities, useFindingIndex, useRoles } from "@/api/hooks";
import type { Finding } from "@/contract/Finding";
import type { PolicyDoc } from "@/contract/PolicyDoc";
import { Button, IconButton } from "@/kit/button";
import { FindingRow } from "@/kit/finding";
import { Check, Draft, Labelled } from "@/kit/input";
import { Section } from "@/kit/layout";
import { Menu } from "@/kit/menu";
import { t } from "@/kit/text";
import { Tokens } from "@/kit/tokens";
import { setKey } from "@/model/make";
import { explain, openMember } from "@/model/place";
import type { Entity } from "@/model/workspace";
import { ArrowLeft, Ban, Check as CheckMark, Copy, Play, Trash2, X } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { ConditionField } from "./condition-field";
import { FieldLosses, FieldRules } from "./field-rules";
import { Limits } from "./limits";
import { Obligations } from "./obligations";
import { actions, copyOf, DEFAULT_COMBINING, EVERY, knownRoles } from "./rules";

export interface RuleEditorProps {
  entity: Entity;
  rule: PolicyDoc;
  /** Back to the cell it was opened from. */
  onBack?: (() => void) | undefined;
  onTry: () => void;
}

export function RuleEditor({ entity, rule, onBack, onTry }: RuleEditorProps) {
  const defined = useRoles().map((role) => role.name);
  const roles = [...new Set([...defined, ...knownRoles(useEntities())])];
  const findings = useFindingIndex().at(entity.id, "policies", rule.id);
  const at = useMemo(() => ({ entity: entity.id, rule: rule.id }), [entity.id, rule.id]);
  const set = (key: keyof PolicyDoc, value: unknown, label = t("Change rule `{{name}}`", { name: rule.name })) =>
    edit(label, [setKey(at.entity, ["policies", at.rule, key], value)]);
  const of = (...keys: (keyof PolicyDoc)[]) => findings.filter((finding) => keys.includes(finding.place.path?.[2] as keyof PolicyDoc));
  // The condition's own are told in place, by the core's word on the very text.
  const placed = ["name", "effect", "roles", "principals", "actions", "condition", "fields", "obligations", "validFrom", "validUntil", "scope", "grantedBy", "priority"];
  const others = findings.filter((finding) => !placed.includes(finding.place.path?.[2] ?? ""));
  const all = rule.actions.includes(EVERY);
  const turn = (action: string, on: boolean) => {
    const now = all ? [...actions] : rule.actions.filter((other) => other !== EVERY);
    set("actions", on ? [...new Set([...now, action])] : now.filter((other) => other !== action));
  };
  const isDeny = rule.effect === "deny";
  return (
    <section aria-label={t("Rule {{name}}", { name: rule.name })} className="flex min-h-0 flex-1 flex-col">
      <header className="flex h-11 shrink-0 items-center gap-1.5 border-b px-3">
        {onBack ? (
          <IconButton label={t("Back to what decides")} onClick={onBack}>
            <ArrowLeft className="size-4" aria-hidden />
          </IconButton>
        ) : null}
        <h3 className="min-w-0 flex-1 truncate font-semibold">{rule.name}</h3>
        <Button tone="quiet" icon={<Play className="size-3.5" aria-hidden />} onClick={onTry}>
          {t("Try it")}
        </Button>
        <Menu
          align="end"
          tone="quiet"
          label={t("More")}
          items={[
            { label: t("Duplicate"), icon: <Copy className="size-3.5" aria-hidden />, run: () => duplicate(entity, rule) },
            { label: t("Remove"), icon: <Trash2 className="size-3.5" aria-hidden />, danger: true, run: () => remove(entity, rule) },
          ]}
        />
        <IconButton label={t("Close")} onClick={() => openMember(null)}>
          <X className="size-4" aria-hidden />
        </IconButton>
      </header>
      <div className="min-h-0 flex-1 overflow-auto">
        {others.length > 0 ? <Told findings={others} /> : null}
        <div className="flex flex-col gap-3 border-b p-3">
          <div className="grid grid-cols-[auto_minmax(0,1fr)_4.5rem] items-end gap-2">
            <EffectChoice value={rule.effect} onChange={(effect) => set("effect", effect)} />
            <Labelled label={t("Name")}>{(ids) => <Draft {...ids} value={rule.name} onCommit={(text) => set("name", text)} />}</Labelled>
            <Labelled label={t("Priority")}>
              {(ids) => <Draft {...ids} type="number" value={String(rule.priority)} onCommit={(text) => set("priority", Math.trunc(Number(text)) || 0)} />}
            </Labelled>
          </div>
          <Told findings={of("name", "effect", "priority")} />
          {(entity.combining ?? DEFAULT_COMBINING) !== DEFAULT_COMBINING ? (
            <p className="text-xs text-muted">{t("Priorities have no say here: rules are combined by {{algorithm}}.", { algorithm: entity.combining ?? "" })}</p>
          ) : null}
          <Labelled label={t("Who")} help={whoHelp(rule)}>
            {(ids) => (
              <Tokens
                {...ids}
                label={t("Roles")}
                values={rule.roles}
                suggestions={roles}
                placeholder={(rule.principals ?? []).length > 0 ? t("no role") : t("everyone; or name roles")}
                onChange={(next) => set("roles", next)}
              />
            )}
          </Labelled>
          <Told findings={of("roles")} />
          <fieldset className="flex flex-wrap gap-x-3 gap-y-1">
            <legend className="mb-1 text-sm text-soft">{isDeny ? t("May not") : t("May")}</legend>
            {actions.map((action) => (
              <Check key={action} label={t(action)} checked={all || rule.actions.includes(action)} onChange={(event) => turn(action, event.target.checked)} />
            ))}
            <Check label={t("everything")} checked={all} onChange={(event) => set("actions", event.target.checked ? [EVERY] : ["read"])} />
          </fieldset>
          <Told findings={of("actions")} />
          <div className="flex flex-col gap-1">
            <span className="text-sm text-soft">{isDeny ? t("When") : t("If")}</span>
            <ConditionField
              key={rule.id}
              entity={entity.id}
              value={rule.condition ?? ""}
              effect={rule.effect}
              onCommit={(text, label) => set("condition", text === "" ? null : text, label ?? t("Change the condition of `{{name}}`", { name: rule.name }))}
            />
          </div>
        </div>
        <Section title={isDeny ? t("Fields it takes away") : t("Fields")} open={Boolean(rule.fields)} count={rule.fields ? undefined : undefined}>
          {isDeny ? (
            <FieldLosses entity={entity} rules={rule.fields} onChange={(rules) => set("fields", rules ?? null)} />
          ) : (
            <FieldRules entity={entity} rules={rule.fields} onChange={(rules) => set("fields", rules ?? null)} />
          )}
          <Told findings={of("fields")} />
        </Section>
        <Section title={t("Obligations and advice")} count={rule.obligations.length || undefined} open={rule.obligations.length > 0}>
          <Obligations rule={rule} onChange={(list) => set("obligations", list)} />
          <Told findings={of("obligations")} />
        </Section>
        <Section title={t("Limits")} open={Boolean(rule.validFrom ?? rule.validUntil ?? rule.scope ?? rule.grantedBy ?? rule.principals)}>
          <Limits rule={rule} onChange={set} />
          <Told findings={of("validFrom", "validUntil", "scope", "grantedBy", "principals")} />
        </Section>
        <div className="p-3">
          <Labelled label={t("Description")}>
            {(ids) => <Draft {...ids} multiline value={rule.description ?? ""} onCommit={(text) => set("description", text === "" ? undefined : text)} />}
          </Labelled>
        </div>
      </div>
    </section>
  );
}

const whoHelp = (rule: PolicyDoc) => (rule.roles.length === 0 && (rule.principals ?? []).length === 0 ? t("Nobody is named, so it is for everyone.") : undefined);

function remove(entity: Entity, rule: PolicyDoc) {
  if (edit(t("Remove rule `{{name}}`", { name: rule.name }), [{ op: "remove", document: entity.id, path: ["policies", rule.id] }])) openMember(null);
}

function duplicate(entity: Entity, rule: PolicyDoc) {
  const copy = copyOf(entity, rule);
  if (edit(t("Duplicate rule `{{name}}`", { name: rule.name }), [{ op: "add", document: entity.id, path: ["policies"], value: copy }])) openMember(copy.id);
}

function EffectChoice({ value, onChange }: { value: string; onChange: (effect: string) => void }) {
  const choices: readonly { effect: string; word: string; icon: ReactNode; tone: string }[] = [
    { effect: "allow", word: t("allow"), icon: <CheckMark className="size-3.5" aria-hidden />, tone: "aria-checked:bg-ok-wash aria-checked:text-ok" },
    { effect: "deny", word: t("deny"), icon: <Ban className="size-3.5" aria-hidden />, tone: "aria-checked:bg-danger-wash aria-checked:text-danger" },
  ];
  return (
    <div role="radiogroup" aria-label={t("Effect")} className="inline-flex h-7 rounded-md border border-line-strong bg-raised p-0.5">
      {choices.map(({ effect, word, icon, tone }) => (
        <button
          key={effect}
          type="button"
          role="radio"
          aria-checked={value === effect}
          tabIndex={value === effect || !choices.some((choice) => choice.effect === value) ? 0 : -1}
          onClick={() => onChange(effect)}
          onKeyDown={(event) => {
            if (!event.key.startsWith("Arrow")) return;
            event.preventDefault();
            onChange(effect === "allow" ? "deny" : "allow");
            const sibling = event.currentTarget.nextElementSibling ?? event.currentTarget.previousElementSibling;
            (sibling as HTMLElement | null)?.focus();
          }}
          className={`inline-flex items-center gap-1 rounded px-1.5 text-sm text-muted hover:text-text aria-checked:font-medium ${tone}`}
        >
          {icon}
          {word}
        </button>
      ))}
    </div>
  );
}

/** What the core found about a part, beside the part. */
export function Told({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <div className="rounded-md bg-sunken">
      {findings.map((finding, at) => (
        <FindingRow key={at} finding={finding} onFix={finding.fix ? () => void edit(finding.fix?.title ?? "", finding.fix?.edits ?? []) : undefined} onExplain={() => explain(finding.code)} />
      ))}
    </div>
  );
}
