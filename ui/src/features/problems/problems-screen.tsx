import { useDraft } from "@/api/hooks";
import type { Finding } from "@/contract/Finding";
import { Check, Input } from "@/kit/input";
import { ScreenHeader } from "@/kit/layout";
import { t } from "@/kit/text";
import { useDeferredValue, useMemo, useState } from "react";
import { ProblemList } from "./problem-list";

const all = ["error", "warning", "info"] as const;
const titles = { error: "Errors", warning: "Warnings", info: "Notes" } as const;

export function ProblemsScreen() {
  const findings = useDraft((state) => state.findings);
  const [hidden, setHidden] = useState<readonly Finding["severity"][]>([]);
  const [search, setSearch] = useState("");
  const severities = useMemo(() => new Set(all.filter((severity) => !hidden.includes(severity))), [hidden]);
  return (
    <div className="flex h-full flex-col">
      <ScreenHeader title={t("Problems")} note={t("Errors keep a release from being made; warnings and notes do not.")}>
        {all.map((severity) => (
          <Check
            key={severity}
            label={`${t(titles[severity])} ${findings.filter((finding) => finding.severity === severity).length}`}
            checked={!hidden.includes(severity)}
            onChange={(event) => setHidden(event.target.checked ? hidden.filter((other) => other !== severity) : [...hidden, severity])}
          />
        ))}
        <Input type="search" aria-label={t("Filter problems")} placeholder={t("Filter")} className="w-44" value={search} onChange={(event) => setSearch(event.target.value)} />
      </ScreenHeader>
      <div className="min-h-0 flex-1 bg-surface">
        <ProblemList severities={severities} search={useDeferredValue(search)} />
      </div>
    </div>
  );
}
