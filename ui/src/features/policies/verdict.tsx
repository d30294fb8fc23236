/** Verdicts and effects as symbol and word; the colour only helps. */
import { t } from "@/kit/text";
import { Ban, Check, CircleHelp, Minus, type LucideIcon } from "lucide-react";

export interface Look {
  icon: LucideIcon;
  tone: string;
  word: string;
}

export const verdicts: Record<string, Look> = {
  allow: { icon: Check, tone: "bg-ok-wash text-ok", word: t("allow") },
  deny: { icon: Ban, tone: "bg-danger-wash text-danger", word: t("deny") },
  conditional: { icon: CircleHelp, tone: "bg-warn-wash text-warn", word: t("depends") },
  nothing: { icon: Minus, tone: "text-muted", word: t("no rule") },
};

export const lookOf = (verdict: string): Look => verdicts[verdict] ?? { icon: Minus, tone: "text-muted", word: verdict };

export function EffectMark({ effect, className = "" }: { effect: string; className?: string }) {
  const { icon: Icon, tone, word } = lookOf(effect);
  return (
    <span className={`inline-flex h-5 shrink-0 items-center gap-1 rounded px-1.5 text-sm font-medium ${tone} ${className}`}>
      <Icon className="size-3.5 shrink-0" aria-hidden />
      {word}
    </span>
  );
}
