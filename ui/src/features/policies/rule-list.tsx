/** The rules of an entity, one line each, in the order in which they are asked. */
import type { Finding } from "@/contract/Finding";
import type { PolicyDoc } from "@/contract/PolicyDoc";
import { IconButton } from "@/kit/button";
import { SeverityIcon } from "@/kit/finding";
import { t } from "@/kit/text";
import { worst } from "@/model/workspace";
import { ArrowDown, ArrowUp, Clock, EyeOff, ListChecks } from "lucide-react";
import type { ReactNode } from "react";
import { EVERY, whom } from "./rules";
import { EffectMark } from "./verdict";

export interface RuleListProps {
  label: string;
  rules: readonly PolicyDoc[];
  open: string | null;
  findingsOf: (rule: PolicyDoc) => readonly Finding[];
  onOpen: (rule: PolicyDoc) => void;
  /** Where the order of the list decides. */
  onMove?: ((rule: PolicyDoc, by: -1 | 1) => void) | undefined;
  /** What to say of a rule besides: that it is never reached. */
  noteOf?: (rule: PolicyDoc) => ReactNode;
}

export function RuleList({ label, rules, open, findingsOf, onOpen, onMove, noteOf }: RuleListProps) {
  return (
    <ol aria-label={label} className="flex flex-col overflow-hidden rounded-lg border bg-surface [&>li:not(:last-child)]:border-b">
      {rules.map((rule, at) => {
        const bad = worst(findingsOf(rule));
        return (
          <li key={rule.id} className="flex items-stretch">
            <button
              type="button"
              aria-current={open === rule.id}
              onClick={() => onOpen(rule)}
              className="flex min-w-0 flex-1 flex-col gap-0.5 px-2.5 py-1.5 text-start hover:bg-hover aria-[current=true]:bg-accent-wash"
            >
              <span className="flex w-full min-w-0 items-center gap-2">
                <EffectMark effect={rule.effect} />
                <span className="truncate font-medium">{rule.name || t("without a name")}</span>
                {bad ? <SeverityIcon severity={bad} /> : null}
                {noteOf?.(rule)}
                <Extras rule={rule} />
                <span className="shrink-0 text-xs text-muted tabular" title={t("Priority {{priority}}", { priority: rule.priority })}>
                  {rule.priority}
                </span>
              </span>
              <span className="flex w-full min-w-0 items-baseline gap-1.5 text-sm text-soft">
                <span className="max-w-[55%] shrink-0 truncate">
                  {sentence(rule)}
                </span>
                {rule.condition ? (
                  <>
                    <span className="shrink-0 text-muted">{rule.effect === "deny" ? t("when") : t("if")}</span>
                    <code className="min-w-0 truncate font-mono text-xs leading-4.5">{rule.condition}</code>
                  </>
                ) : null}
              </span>
            </button>
            {onMove ? (
              <span className="flex flex-col justify-center border-s px-0.5">
                <IconButton className="h-5 w-6" label={t("Move {{name}} up", { name: rule.name })} disabled={at === 0} onClick={() => onMove(rule, -1)}>
                  <ArrowUp className="size-3.5" aria-hidden />
                </IconButton>
                <IconButton className="h-5 w-6" label={t("Move {{name}} down", { name: rule.name })} disabled={at === rules.length - 1} onClick={() => onMove(rule, 1)}>
                  <ArrowDown className="size-3.5" aria-hidden />
                </IconButton>
              </span>
            ) : null}
          </li>
        );
      })}
    </ol>
  );
}

/** `sales, ops: read, update`. */
function sentence(rule: PolicyDoc): string {
  const who = whom(rule).join(", ") || t("everyone");
  const what = rule.actions.includes(EVERY) ? t("all actions") : rule.actions.map((action) => t(action)).join(", ");
  return `${who}: ${what}`;
}

function Extras({ rule }: { rule: PolicyDoc }) {
  const extras = [
    { icon: EyeOff, shown: Boolean(rule.fields), word: t("field rules") },
    { icon: ListChecks, shown: rule.obligations.length > 0, word: t("obligations") },
    { icon: Clock, shown: Boolean(rule.validFrom ?? rule.validUntil), word: t("limited in time") },
  ];
  return (
    <span className="ms-auto flex shrink-0 gap-1.5 text-muted">
      {extras
        .filter(({ shown }) => shown)
        .map(({ icon: Icon, word }) => (
          <span key={word} title={word}>
            <Icon role="img" aria-label={word} className="size-3.5" />
          </span>
        ))}
    </span>
  );
}
