/** What an import would do: the tables to choose from, every object, the findings, and the two choices. */
import type { ImportReport } from "@/contract/ImportReport";
import type { ImportTable } from "@/contract/ImportTable";
import { Button } from "@/kit/button";
import { Grid, type Column } from "@/kit/grid";
import { Check, Switch } from "@/kit/input";
import { Badge } from "@/kit/layout";
import { count, t } from "@/kit/text";
import { useMemo, useState } from "react";
import type { ImportChoice } from "./import-screen";
import { Details, Totals } from "./report";

const starters = [
  { key: "", title: "None", text: "Nobody may read or change the records until you add policies. This is the safe choice." },
  { key: "admin-only", title: "Admins only", text: "The role admin may do everything; nobody else may do anything." },
  { key: "standard", title: "Standard roles", text: "admin everything; manager create, read and update; user create and read; guest read." },
  { key: "read-only", title: "Read only", text: "Everyone may read; admin may do everything." },
] as const;

export function Preview({ report, onRun }: { report: ImportReport; onRun: (choice: ImportChoice) => void }) {
  const possible = useMemo(() => report.tables.filter((table) => table.entity), [report]);
  const [tables, setTables] = useState<ReadonlySet<string>>(() => new Set(possible.map((table) => table.name)));
  const [withData, setWithData] = useState(true);
  const [starter, setStarter] = useState("");
  const columns = useMemo(
    (): Column<ImportTable>[] => [
      {
        key: "take", title: "", width: 36,
        cell: (table) => (
          <Check
            label={<span className="sr-only">{t("Take {{name}}", { name: table.name })}</span>}
            disabled={!table.entity}
            checked={tables.has(table.name)}
            onChange={(event) => {
              const next = new Set(tables);
              if (event.target.checked) next.add(table.name);
              else next.delete(table.name);
              setTables(next);
            }}
          />
        ),
      },
      { key: "name", title: t("Table"), width: 200, sortBy: (table) => table.name.toLowerCase(), cell: (table) => <span className="font-mono text-sm">{table.name}</span> },
      { key: "entity", title: t("Becomes"), width: 180, sortBy: (table) => table.entity ?? "", cell: (table) => (table.entity ? <span className="font-medium">{table.entity}</span> : <Badge tone="warn">{t("refused")}</Badge>) },
      { key: "fields", title: t("Fields"), width: 70, numeric: true, sortBy: (table) => table.fields, cell: (table) => table.fields },
      { key: "references", title: t("References"), width: 90, numeric: true, sortBy: (table) => table.references, cell: (table) => table.references },
      { key: "rows", title: t("Rows"), width: 90, numeric: true, sortBy: (table) => table.rows, cell: (table) => count(table.rows) },
      { key: "findings", title: t("Findings"), width: 80, numeric: true, sortBy: (table) => table.findings, cell: (table) => table.findings || "" },
    ],
    [tables],
  );
  const rows = report.tables.filter((table) => tables.has(table.name)).reduce((sum, table) => sum + table.rows, 0);
  return (
    <div className="flex h-full min-h-0">
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="flex h-9 shrink-0 items-center gap-3 border-b bg-surface px-3">
          <Check
            label={t("{{count}} tables", { count: report.tables.length })}
            checked={tables.size === possible.length && possible.length > 0}
            onChange={(event) => setTables(new Set(event.target.checked ? possible.map((table) => table.name) : []))}
          />
          <Totals report={report} />
        </div>
        <div className="min-h-40 flex-1">
          <Grid label={t("Tables of the source")} rows={report.tables} columns={columns} rowKey={(table) => table.name} />
        </div>
        <div className="h-[38%] min-h-40 border-t">
          <Details report={report} />
        </div>
      </div>
      <aside aria-label={t("Choices")} className="flex w-76 shrink-0 flex-col gap-5 overflow-auto border-s bg-surface p-4">
        <Switch checked={withData} onChange={setWithData} label={t("Take the rows too")} help={t("Publishes to this workspace's own target, local, and loads {{count}} rows there.", { count: rows })} />
        <fieldset className="flex flex-col gap-1.5">
          <legend className="mb-1 text-sm font-semibold">{t("Starter policies")}</legend>
          <p className="mb-1 text-xs text-muted">{t("Maquette is closed by default: what no policy allows is denied.")}</p>
          {starters.map((choice) => (
            <label key={choice.key} className={`flex items-start gap-2 rounded-lg border p-2 ${starter === choice.key ? "border-accent bg-accent-wash" : "border-line-strong hover:bg-hover"}`}>
              <input type="radio" name="starter" className="mt-0.5 accent-accent" checked={starter === choice.key} onChange={() => setStarter(choice.key)} />
              <span>
                <span className="block text-sm font-medium">{t(choice.title)}</span>
                <span className="block text-xs text-soft">{t(choice.text)}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <div className="sticky -bottom-4 -mx-4 mt-auto -mb-4 flex flex-col gap-2 border-t bg-surface p-4">
          <Button tone="primary" className="h-8" disabled={tables.size === 0} onClick={() => onRun({ tables, withData, starter })}>
            {t("Import {{count}} tables", { count: tables.size })}
          </Button>
          <p className="text-center text-xs text-muted">{t("The model can be taken back as one step; rows that came in stay in local.")}</p>
        </div>
      </aside>
    </div>
  );
}
