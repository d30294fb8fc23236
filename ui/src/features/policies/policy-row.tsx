import { edit } from "@/api/hooks";
import type { PolicyDoc } from "@/contract/PolicyDoc";
import { IconButton } from "@/kit/button";
import { Check, Draft, Select } from "@/kit/input";
import { t } from "@/kit/text";
import { setKey } from "@/model/make";
import type { Entity } from "@/model/workspace";
import { Trash2 } from "lucide-react";
import { actions } from "./matrix";

const split = (text: string) => [...new Set(text.split(/[,\s]+/).filter(Boolean))];

export function PolicyRow({ entity, policy }: { entity: Entity; policy: PolicyDoc }) {
  const words = t("Change policy `{{name}}`", { name: policy.name });
  const set = (key: keyof PolicyDoc, value: unknown) => edit(words, [setKey(entity.id, ["policies", policy.id, key], value)]);
  const all = policy.actions.includes("*");
  const turn = (action: string, on: boolean) => {
    const now = all ? [...actions] : policy.actions.filter((other) => other !== "*");
    set("actions", on ? [...new Set([...now, action])] : now.filter((other) => other !== action));
  };
  return (
    <article aria-label={policy.name} className="grid grid-cols-[7rem_minmax(8rem,1fr)_minmax(10rem,1.4fr)_5rem_auto] items-end gap-x-3 gap-y-2 rounded-lg border bg-surface p-3">
      <label className="flex flex-col gap-1 text-xs text-muted">
        {t("Effect")}
        <Select value={policy.effect} onChange={(event) => set("effect", event.target.value)} className={policy.effect === "deny" ? "text-danger" : "text-ok"}>
          <option value="allow">{t("allow")}</option>
          <option value="deny">{t("deny")}</option>
        </Select>
      </label>
      <label className="flex flex-col gap-1 text-xs text-muted">
        {t("Name")}
        <Draft value={policy.name} onCommit={(text) => set("name", text)} />
      </label>
      <label className="flex flex-col gap-1 text-xs text-muted">
        {t("Roles, none is everyone")}
        <Draft value={policy.roles.join(", ")} placeholder={t("everyone")} onCommit={(text) => set("roles", split(text))} />
      </label>
      <label className="flex flex-col gap-1 text-xs text-muted">
        {t("Priority")}
        <Draft type="number" value={String(policy.priority)} onCommit={(text) => set("priority", Math.trunc(Number(text)) || 0)} />
      </label>
      <IconButton label={t("Remove policy {{name}}", { name: policy.name })} onClick={() => edit(t("Remove policy `{{name}}`", { name: policy.name }), [{ op: "remove", document: entity.id, path: ["policies", policy.id] }])}>
        <Trash2 className="size-4" aria-hidden />
      </IconButton>
      <fieldset className="col-span-full flex flex-wrap gap-x-4 gap-y-1">
        <legend className="sr-only">{t("Actions")}</legend>
        <Check label={t("all actions")} checked={all} onChange={(event) => set("actions", event.target.checked ? ["*"] : ["read"])} />
        {actions.map((action) => (
          <Check key={action} label={t(action)} checked={all || policy.actions.includes(action)} onChange={(event) => turn(action, event.target.checked)} />
        ))}
      </fieldset>
      {policy.condition ? (
        <p className="col-span-full flex items-center gap-2 text-sm text-soft">
          {t("Condition")} <code className="rounded bg-hover px-1.5 font-mono text-sm">{policy.condition}</code>
        </p>
      ) : null}
    </article>
  );
}
