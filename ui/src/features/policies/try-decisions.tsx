/** The decision for every action, and of the chosen one each rule with what it said. */
import type { TryAnswer } from "@/contract/TryAnswer";
import type { TryDecision } from "@/contract/TryDecision";
import type { TryRule } from "@/contract/TryRule";
import { WithCode } from "@/kit/finding";
import { Badge } from "@/kit/layout";
import { short, t } from "@/kit/text";
import { Ban, Check, ListChecks } from "lucide-react";
import type { KeyboardEvent } from "react";
import { ClauseTree } from "./clause-tree";
import { EffectMark } from "./verdict";

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

export function Decisions({ answer, action, onAction, onOpen }: { answer: TryAnswer; action: string; onAction: (action: string) => void; onOpen: (rule: string) => void }) {
  const chosen = answer.decisions.find((decision) => decision.action === action) ?? answer.decisions[0];
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const at = answer.decisions.findIndex((decision) => decision === chosen) + step;
    const next = answer.decisions[(at + answer.decisions.length) % answer.decisions.length];
    if (step === 0 || !next) return;
    event.preventDefault();
    onAction(next.action);
    event.currentTarget.querySelector<HTMLElement>(`[data-action="${next.action}"]`)?.focus();
  };
  if (!chosen) return null;
  return (
    <section aria-label={t("Decision")} className="flex flex-col gap-3">
      <div role="tablist" aria-label={t("Actions")} onKeyDown={onKeyDown} className="grid grid-cols-2 gap-2 @2xl:grid-cols-4">
        {answer.decisions.map((decision) => (
          <button
            key={decision.action}
            type="button"
            role="tab"
            data-action={decision.action}
            aria-selected={decision === chosen}
            tabIndex={decision === chosen ? 0 : -1}
            onClick={() => onAction(decision.action)}
            className={`flex h-11 flex-col items-start justify-center rounded-lg border px-2.5 text-start aria-selected:ring-2 aria-selected:ring-accent ${decision.allowed ? "bg-ok-wash" : "bg-danger-wash"}`}
          >
            <span className="text-xs text-soft">{t(decision.action)}</span>
            <span className={`flex items-center gap-1 text-sm font-semibold ${decision.allowed ? "text-ok" : "text-danger"}`}>
              {decision.allowed ? <Check className="size-3.5" aria-hidden /> : <Ban className="size-3.5" aria-hidden />}
              {decision.allowed ? t("allowed") : t("denied")}
            </span>
          </button>
        ))}
      </div>
      <div role="tabpanel" aria-label={t(chosen.action)} className="flex flex-col gap-3">
        <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <p className="text-base">
            <WithCode text={upper(chosen.reason)} />
          </p>
          <span className="ms-auto font-mono text-xs text-muted" title={t("Digest of the policies that decided")}>
            {short(answer.policySet)}
          </span>
        </div>
        <Circumstantial decision={chosen} />
        {chosen.rules.length > 0 ? (
          <ol aria-label={t("Rules that were asked")} className="flex flex-col overflow-hidden rounded-lg border bg-surface [&>li:not(:last-child)]:border-b">
            {chosen.rules.map((rule) => (
              <Said key={rule.id} rule={rule} onOpen={() => onOpen(rule.id)} />
            ))}
          </ol>
        ) : (
          <p className="rounded-lg border border-dashed border-line-strong p-3 text-sm text-soft">{t("No rule is for this principal and this action. What no rule allows is denied.")}</p>
        )}
      </div>
    </section>
  );
}

function Circumstantial({ decision }: { decision: TryDecision }) {
  if (decision.missing.length === 0 && decision.obligations.length === 0) return null;
  return (
    <div className="flex flex-col gap-1 text-sm">
      {decision.missing.length > 0 ? (
        <p className="text-warn">
          {t("Nobody brought: ")}
          <code className="font-mono">{decision.missing.join(", ")}</code>
        </p>
      ) : null}
      {decision.obligations.map((obligation, at) => (
        <p key={at} className="flex items-center gap-1.5">
          <ListChecks className="size-3.5 text-muted" aria-hidden />
          <Badge tone={obligation.advice ? "neutral" : "warn"}>{obligation.advice ? t("advice") : t("must")}</Badge>
          {obligation.kind}
          {Object.keys(obligation.params).length > 0 ? <code className="truncate font-mono text-xs text-muted">{JSON.stringify(obligation.params)}</code> : null}
        </p>
      ))}
    </div>
  );
}

const outcomes: Record<string, { word: string; tone: "ok" | "danger" | "warn" | "neutral" }> = {
  matched: { word: "matches", tone: "ok" },
  failed: { word: "does not match", tone: "neutral" },
  error: { word: "cannot be told", tone: "danger" },
  outside: { word: "not in force", tone: "neutral" },
  skipped: { word: "not asked", tone: "neutral" },
};

function Said({ rule, onOpen }: { rule: TryRule; onOpen: () => void }) {
  const { word, tone } = outcomes[rule.outcome] ?? { word: rule.outcome, tone: "neutral" };
  return (
    <li className={`flex flex-col gap-1.5 px-3 py-2 ${rule.decisive ? "border-s-2 border-s-accent bg-accent-wash/40" : ""}`}>
      <div className="flex min-w-0 flex-wrap items-center gap-2">
        <EffectMark effect={rule.effect} />
        <button type="button" onClick={onOpen} title={t("Open this rule under Rules")} className="truncate font-medium hover:underline">
          {rule.name}
        </button>
        <Badge tone={tone}>{t(word)}</Badge>
        {rule.decisive ? <Badge tone="accent">{t("decides")}</Badge> : null}
        <span className="ms-auto text-xs text-muted tabular">{t("priority {{priority}}", { priority: rule.priority })}</span>
      </div>
      {rule.reason ? <p className="text-sm text-soft">
          <WithCode text={upper(rule.reason)} />
        </p> : null}
      {rule.condition ? <ClauseTree clause={rule.condition} failed={rule.outcome === "failed" || rule.outcome === "error"} /> : null}
    </li>
  );
}
