/** What must be done with a decision, and what is only told with it. */
import type { ObligationDoc } from "@/contract/ObligationDoc";
import type { PolicyDoc } from "@/contract/PolicyDoc";
import { Button, IconButton } from "@/kit/button";
import { Draft, Select } from "@/kit/input";
import { t } from "@/kit/text";
import { Plus, Trash2 } from "lucide-react";
import { useId, useState } from "react";

const known = ["audit", "notify", "requireReason", "requireMfa"];

export function Obligations({ rule, onChange }: { rule: PolicyDoc; onChange: (list: ObligationDoc[]) => void }) {
  const list = rule.obligations;
  const change = (at: number, obligation: ObligationDoc) => onChange(list.map((other, index) => (index === at ? obligation : other)));
  const add = (advice: boolean) => onChange([...list, { id: `obl_${crypto.randomUUID().replaceAll("-", "")}`, kind: advice ? "notify" : "audit", ...(advice && { advice }) }]);
  return (
    <>
      {list.length === 0 ? <p className="text-sm text-muted">{t("An obligation must be fulfilled by whoever asks, or the answer is deny. Advice is only told.")}</p> : null}
      {list.map((obligation, at) => (
        <One key={obligation.id ?? at} obligation={obligation} effect={rule.effect} onChange={(next) => change(at, next)} onRemove={() => onChange(list.filter((_, index) => index !== at))} />
      ))}
      <div className="flex gap-2">
        <Button className="h-6" icon={<Plus className="size-3.5" aria-hidden />} onClick={() => add(false)}>
          {t("Obligation")}
        </Button>
        <Button className="h-6" icon={<Plus className="size-3.5" aria-hidden />} onClick={() => add(true)}>
          {t("Advice")}
        </Button>
      </div>
    </>
  );
}

function One({ obligation, effect, onChange, onRemove }: { obligation: ObligationDoc; effect: string; onChange: (obligation: ObligationDoc) => void; onRemove: () => void }) {
  const id = useId();
  const [problem, setProblem] = useState<string | null>(null);
  const params = obligation.params && Object.keys(obligation.params).length > 0 ? JSON.stringify(obligation.params) : "";
  const setParams = (text: string) => {
    try {
      const value: unknown = text.trim() === "" ? undefined : JSON.parse(text);
      if (value !== undefined && (typeof value !== "object" || value === null || Array.isArray(value))) throw new Error();
      setProblem(null);
      const { params: _old, ...rest } = obligation;
      onChange(value === undefined ? rest : { ...rest, params: value as Record<string, unknown> });
    } catch {
      setProblem(t("Parameters are a JSON object, as {\"channel\": \"security\"}"));
    }
  };
  return (
    <div role="group" aria-label={obligation.kind} className="flex flex-col gap-1">
      <div className="grid grid-cols-[5.5rem_minmax(0,1fr)_6.5rem_auto] items-center gap-1.5">
        <Select
          aria-label={t("Binding")}
          className="text-sm"
          value={obligation.advice ? "advice" : "must"}
          onChange={(event) => {
            const { advice: _old, ...rest } = obligation;
            onChange(event.target.value === "advice" ? { ...rest, advice: true } : rest);
          }}
        >
          <option value="must">{t("must")}</option>
          <option value="advice">{t("advice")}</option>
        </Select>
        <Draft aria-label={t("What is to be done")} list={`${id}-known`} value={obligation.kind} onCommit={(kind) => onChange({ ...obligation, kind })} />
        <Select
          aria-label={t("With which decision")}
          className="text-sm"
          value={obligation.on ?? ""}
          onChange={(event) => {
            const { on: _old, ...rest } = obligation;
            onChange(event.target.value === "" ? rest : { ...rest, on: event.target.value });
          }}
        >
          <option value="">{effect === "deny" ? t("on deny") : t("on allow")}</option>
          <option value={effect === "deny" ? "allow" : "deny"}>{effect === "deny" ? t("on allow") : t("on deny")}</option>
        </Select>
        <IconButton label={t("Remove {{name}}", { name: obligation.kind })} onClick={onRemove}>
          <Trash2 className="size-3.5" aria-hidden />
        </IconButton>
      </div>
      <Draft aria-label={t("Parameters of {{name}}", { name: obligation.kind })} aria-invalid={problem ? true : undefined} className="font-mono text-sm" placeholder='{"channel": "security"}' value={params} onCommit={setParams} />
      {problem ? <p className="text-xs text-danger">{problem}</p> : null}
      <datalist id={`${id}-known`}>
        {known.map((kind) => (
          <option key={kind} value={kind} />
        ))}
      </datalist>
    </div>
  );
}

