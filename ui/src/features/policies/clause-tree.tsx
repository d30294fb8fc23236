/** A condition part by part, with the value of each and the clause that made it fail marked. */
import type { TryClause } from "@/contract/TryClause";
import { WithCode } from "@/kit/finding";
import { t } from "@/kit/text";
import { Check, CircleSlash, Dot, type LucideIcon, TriangleAlert, X } from "lucide-react";
import { useState } from "react";
import { culprits, isToldInside, partsOf } from "./clauses";

const looks: Record<string, { icon: LucideIcon; tone: string; word: string }> = {
  true: { icon: Check, tone: "text-ok", word: "true" },
  false: { icon: X, tone: "text-danger", word: "false" },
  error: { icon: TriangleAlert, tone: "text-danger", word: "cannot be told" },
  value: { icon: Dot, tone: "text-muted", word: "value" },
  unused: { icon: CircleSlash, tone: "text-muted", word: "not looked at" },
};

/** Parts that are shown before the rest is folded. */
const SHOWN = 12;

export function ClauseTree({ clause, failed }: { clause: TryClause; failed: boolean }) {
  const marked = failed ? new Set(culprits(clause)) : new Set<TryClause>();
  return (
    <ul aria-label={t("The condition, part by part")} className="flex flex-col">
      <Clause clause={clause} marked={marked} />
    </ul>
  );
}

function Clause({ clause, marked }: { clause: TryClause; marked: ReadonlySet<TryClause> }) {
  const [all, setAll] = useState(false);
  const { icon: Icon, tone, word } = looks[clause.outcome] ?? { icon: Dot, tone: "text-muted", word: clause.outcome };
  const parts = partsOf(clause);
  const shown = all ? parts : parts.slice(0, SHOWN);
  const isMarked = marked.has(clause);
  const tellsValue = clause.value !== undefined && clause.value !== null && (clause.outcome === "value" || (clause.outcome === "error" && !isToldInside(clause)));
  return (
    <li>
      <div className={`flex min-w-0 items-start gap-1.5 rounded px-1 py-px ${isMarked ? "bg-danger-wash ring-1 ring-danger" : ""} ${clause.outcome === "unused" ? "opacity-70" : ""}`}>
        <Icon role="img" aria-label={t(word)} className={`mt-0.75 size-3.5 shrink-0 ${tone}`} />
        <code className={`min-w-0 font-mono text-sm break-words ${clause.decisive ? "font-medium" : "text-soft"}`}>{clause.text}</code>
        {tellsValue ? <span className={`shrink-0 font-mono text-sm ${clause.outcome === "error" ? "font-sans text-danger" : "text-info"}`}>{clause.outcome === "error" ? <WithCode text={clause.value ?? ""} /> : `= ${clause.value ?? ""}`}</span> : null}
        {isMarked ? <span className="ms-auto shrink-0 text-xs font-semibold text-danger">{clause.outcome === "error" ? t("cannot be told") : t("fails here")}</span> : null}
      </div>
      {shown.length > 0 ? (
        <ul className="ms-2.5 border-s ps-2">
          {shown.map((part, at) => (
            <Clause key={at} clause={part} marked={marked} />
          ))}
          {shown.length < parts.length ? (
            <li>
              <button type="button" onClick={() => setAll(true)} className="px-1 text-sm text-accent hover:underline">
                {t("{{count}} more parts", { count: parts.length - shown.length })}
              </button>
            </li>
          ) : null}
        </ul>
      ) : null}
    </li>
  );
}
