/** What became of every object of the source. */
import type { ImportObject } from "@/contract/ImportObject";
import type { ImportReport } from "@/contract/ImportReport";
import { Button } from "@/kit/button";
import { FindingRow } from "@/kit/finding";
import { Grid, type Column } from "@/kit/grid";
import { Input, Select } from "@/kit/input";
import { Badge, ScreenHeader, Tabs } from "@/kit/layout";
import { Empty } from "@/kit/states";
import { count, t } from "@/kit/text";
import { explain, goTo } from "@/model/place";
import { useDeferredValue, useMemo, useState } from "react";

const tones = { imported: "ok", changed: "info", refused: "warn" } as const;
type Outcome = keyof typeof tones;
const words: Record<Outcome, string> = { imported: "imported", changed: "changed", refused: "refused" };

/** Objects counted in the source, and that all of them are accounted for. */
export function Totals({ report }: { report: ImportReport }) {
  return (
    <p className="flex items-center gap-2 text-sm text-soft">
      <span className="tabular">{t("{{count}} objects", { count: report.counted })} =</span>
      {(["imported", "changed", "refused"] as const).map((outcome) => (
        <Badge key={outcome} tone={report[outcome] > 0 ? tones[outcome] : "neutral"}>
          {count(report[outcome])} {t(words[outcome])}
        </Badge>
      ))}
    </p>
  );
}

const columns: Column<ImportObject>[] = [
  { key: "kind", title: t("Kind"), width: 110, sortBy: (object) => object.kind, cell: (object) => object.kind },
  { key: "table", title: t("Table"), width: 170, sortBy: (object) => object.table.toLowerCase(), cell: (object) => <span className="font-mono text-sm">{object.table}</span> },
  { key: "name", title: t("Name"), width: 200, sortBy: (object) => object.name.toLowerCase(), cell: (object) => <span className="font-mono text-sm">{object.name}</span> },
  { key: "outcome", title: t("Outcome"), width: 100, sortBy: (object) => object.outcome, cell: (object) => <Badge tone={tones[object.outcome as Outcome] ?? "neutral"}>{t(object.outcome)}</Badge> },
  { key: "note", title: t("Note"), width: 320, cell: (object) => <span className="text-soft" title={object.note ?? ""}>{object.note ?? ""}</span> },
];

/** The objects with a filter, and the findings. */
export function Details({ report }: { report: ImportReport }) {
  const [tab, setTab] = useState<"findings" | "objects">(report.findings.length > 0 ? "findings" : "objects");
  const [outcome, setOutcome] = useState("");
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.toLowerCase());
  const objects = useMemo(
    () => report.objects.filter((object) => (outcome === "" || object.outcome === outcome) && `${object.kind} ${object.table} ${object.name} ${object.note ?? ""}`.toLowerCase().includes(search)),
    [report, outcome, search],
  );
  return (
    <section aria-label={t("Details")} className="flex h-full flex-col">
      <div className="flex h-10 shrink-0 items-center gap-2 border-b bg-surface px-3">
        <Tabs
          label={t("Details")}
          chosen={tab}
          onChoose={setTab}
          tabs={[
            { key: "findings", label: `${t("Findings")} ${report.findings.length}` },
            { key: "objects", label: `${t("Objects")} ${report.counted}` },
          ]}
        />
        {tab === "objects" ? (
          <>
            <Select aria-label={t("Outcome")} className="ms-auto w-32" value={outcome} onChange={(event) => setOutcome(event.target.value)}>
              <option value="">{t("Any outcome")}</option>
              <option value="imported">{t("imported")}</option>
              <option value="changed">{t("changed")}</option>
              <option value="refused">{t("refused")}</option>
            </Select>
            <Input type="search" aria-label={t("Filter objects")} placeholder={t("Filter")} className="w-40" value={typed} onChange={(event) => setTyped(event.target.value)} />
          </>
        ) : null}
      </div>
      <div className="min-h-0 flex-1 overflow-auto bg-surface">
        {tab === "objects" ? (
          <Grid label={t("Objects of the source")} rows={objects} columns={columns} rowKey={(object) => `${object.kind} ${object.table} ${object.name}`} />
        ) : report.findings.length === 0 ? (
          <Empty title={t("Nothing was found wrong")} />
        ) : (
          report.findings.slice(0, 500).map((finding, at) => <FindingRow key={at} finding={finding} onExplain={() => explain(finding.code)} />)
        )}
      </div>
    </section>
  );
}

export function Report({ report, onAgain }: { report: ImportReport; onAgain: () => void }) {
  const made = report.tables.filter((table) => table.entity).length;
  return (
    <div className="flex h-full flex-col">
      <ScreenHeader title={t("Imported")} note={report.source}>
        <Button onClick={onAgain}>{t("Import another")}</Button>
        <Button onClick={() => goTo("data")}>{t("See the data")}</Button>
        <Button tone="primary" onClick={() => goTo("model")}>
          {t("See the model")}
        </Button>
      </ScreenHeader>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-1 border-b bg-surface px-4 py-3">
        <p className="text-base">
          <strong className="tabular">{count(made)}</strong> {t("entities")}, <strong className="tabular">{count(report.rows)}</strong> {t("rows")}
        </p>
        <Totals report={report} />
      </div>
      <div className="min-h-0 flex-1">
        <Details report={report} />
      </div>
    </div>
  );
}
