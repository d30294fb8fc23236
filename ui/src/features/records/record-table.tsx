import { queue } from "@/api/client";
import { useAnswer } from "@/api/hooks";
import { describe, notify } from "@/api/notices";
import type { FieldDoc } from "@/contract/FieldDoc";
import type { WirePrincipal } from "@/contract/WirePrincipal";
import { Button } from "@/kit/button";
import { Grid, type Column } from "@/kit/grid";
import { Input } from "@/kit/input";
import { Menu } from "@/kit/menu";
import { Empty, Failure, Skeleton } from "@/kit/states";
import { count, t } from "@/kit/text";
import { goTo } from "@/model/place";
import { CallFailed } from "@/platform";
import { useDraft } from "@/api/hooks";
import { entitiesByName } from "@/model/workspace";
import { Lock, Plus, RotateCw } from "lucide-react";
import { useCallback, useDeferredValue, useMemo, useState } from "react";
import { filterOf } from "./filter";
import { nameOf } from "./principal";
import { RecordForm } from "./record-form";
import { type RecordRow, useRecords, useShape } from "./use-records";

const sortable = new Set(["string", "integer", "bigint", "number", "decimal", "boolean", "date", "time", "datetime", "uuid", "enum", "reference"]);
const numeric = new Set(["integer", "bigint", "number", "decimal"]);
const widths: Record<string, number> = { boolean: 90, integer: 110, bigint: 130, number: 110, decimal: 110, date: 110, time: 100, datetime: 180, uuid: 220, text: 260, json: 220 };

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <span className="text-xs text-muted italic">{t("empty")}</span>;
  if (typeof value === "boolean") return value ? t("true") : t("false");
  if (typeof value === "object") return <span className="font-mono text-sm">{JSON.stringify(value)}</span>;
  return <>{typeof value === "string" ? value : JSON.stringify(value)}</>;
}

export function RecordTable({ entity, principal }: { entity: string; principal: WirePrincipal | null }) {
  const shape = useShape(entity);
  const [sort, setSort] = useState<string | null>(null);
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [opened, setOpened] = useState<RecordRow | "new" | null>(null);
  const [marked, setMarked] = useState<string | null>(null);
  const settled = useDeferredValue(typed);
  const fields = useMemo((): readonly FieldDoc[] => shape?.fields ?? [], [shape]);
  const filter = useMemo(() => filterOf(fields, settled), [fields, settled]);
  const records = useRecords({ entity, principal, filter, sort: sort ? [sort] : null }, shape !== null);
  const total = useAnswer("records.count_records", { entity, principal, filter }, { enabled: shape !== null && records.isSuccess, keep: true });
  const rows = useMemo(() => records.data?.pages.flatMap((page) => page.data) ?? [], [records.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = records;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const columns = useMemo((): Column<RecordRow>[] => {
    const filterBox = (field: FieldDoc) => (
      <Input aria-label={t("Filter {{field}}", { field: field.name })} title={t("text, =exact, start*, >5, a|b, empty, !empty")} className="h-6 max-w-56 text-sm" placeholder={t("filter")} value={typed[field.name] ?? ""} onChange={(event) => setTyped((old) => ({ ...old, [field.name]: event.target.value }))} />
    );
    const id: Column<RecordRow> = { key: "id", title: "id", width: shape?.identity.type === "uuid" ? 150 : 90, cell: (record) => <span className="font-mono text-sm text-soft">{String(record.id)}</span> };
    return [
      id,
      ...fields.map((field): Column<RecordRow> => ({
        key: field.name,
        title: field.label ?? field.name,
        width: widths[field.type] ?? 170,
        numeric: numeric.has(field.type),
        ...(sortable.has(field.type) && { sortBy: () => "", below: filterBox(field) }),
        cell: (record) => <Value value={record[field.name]} />,
      })),
    ];
  }, [fields, shape, typed]);
  const filtered = filter !== null;

  if (shape === null || (records.isPending && !records.isError)) return <div className="flex-1"><Skeleton /></div>;
  if (records.isError && !filtered)
    return <div className="flex-1">{records.error instanceof CallFailed && records.error.wire.status === 403 ? <Denied entity={entity} principal={principal} error={records.error} /> : <Failure words={describe(records.error)} onRetry={() => void records.refetch()} />}</div>;
  return (
    <>
      <section aria-label={entity} className="flex min-w-0 flex-1 flex-col">
        <div className="flex h-10 shrink-0 items-center gap-2 border-b bg-surface px-3">
          <h2 className="font-semibold">{entity}</h2>
          <span className="tabular text-sm text-muted">{total.data ? t("{{count}} records", { count: total.data.count }) : ""}</span>
          {filtered ? <Button tone="quiet" onClick={() => setTyped({})}>{t("Clear filters")}</Button> : null}
          <div className="ms-auto flex gap-2">
            <Button tone="quiet" icon={<RotateCw className="size-3.5" aria-hidden />} onClick={() => void records.refetch()}>{t("Refresh")}</Button>
            <Button tone="primary" icon={<Plus className="size-3.5" aria-hidden />} onClick={() => setOpened("new")}>{t("Record")}</Button>
          </div>
        </div>
        {records.isError ? <Failure words={describe(records.error)} /> : null}
        <div className="min-h-0 flex-1">
          <Grid
            label={t("Records of {{entity}}", { entity })}
            rows={rows}
            columns={columns}
            rowKey={(record) => String(record.id)}
            selected={marked === null ? [] : [marked]}
            onSelect={(record) => {
              setMarked(String(record.id));
              if (opened !== null && opened !== "new") setOpened(record);
            }}
            onOpen={setOpened}
            sort={sort}
            onSort={setSort}
            onEnd={more}
            footer={
              rows.length === 0 ? (
                <div className="sticky start-0 w-full max-w-[60vw]">
                  <Empty title={filtered ? t("No record goes by these filters") : t("No records yet")} actions={filtered ? undefined : <Button onClick={() => setOpened("new")}>{t("Make the first")}</Button>} />
                </div>
              ) : isFetchingNextPage ? (
                <p className="p-2 text-sm text-muted" role="status">{t("Reading more…")}</p>
              ) : hasNextPage ? null : (
                <p className="p-2 text-xs text-muted">{t("End of {{count}} records", { count: rows.length })}</p>
              )
            }
          />
        </div>
        <footer className="flex h-7 shrink-0 items-center border-t bg-surface px-3 text-xs text-muted">
          {t("{{shown}} read · Enter or double click opens a record", { shown: count(rows.length) })}
        </footer>
      </section>
      {opened !== null ? (
        <RecordForm
          key={opened === "new" ? "new" : `${String(opened.id)} ${String(opened.rowVersion)}`}
          entity={entity}
          shape={shape}
          record={opened === "new" ? null : opened}
          principal={principal}
          onClose={() => setOpened(null)}
          onSaved={(record) => (setMarked(String(record.id)), setOpened(record))}
        />
      ) : null}
    </>
  );
}

/** Why nothing is shown, and how to open it. */
function Denied({ entity, principal, error }: { entity: string; principal: WirePrincipal | null; error: CallFailed }) {
  const draft = useDraft((state) => entitiesByName(state.documents).get(entity));
  const add = (starter: string) => {
    queue
      .run("policies.add_starter", { starter, ...(draft && { entities: [draft.id] }) })
      .then(() => notify.done(t("The policies are in the draft; publish to let them count"), { label: t("Publish"), run: () => goTo("publish") }))
      .catch((failure: unknown) => notify.failure(failure, t("The starter policies were not added")));
  };
  return (
    <Empty
      icon={<Lock className="size-6" aria-hidden />}
      title={t("No policy lets {{who}} read {{entity}}", { who: nameOf(principal), entity })}
      actions={
        <>
          <Menu
            tone="primary"
            label={t("Add starter policies")}
            items={[
              { label: t("Standard roles: admin, manager, user, guest"), run: () => add("standard") },
              { label: t("Admins only"), run: () => add("admin-only") },
              { label: t("Everyone reads, admins do everything"), run: () => add("read-only") },
            ]}
          />
          <Button onClick={() => goTo("policies")}>{t("Open policies")}</Button>
        </>
      }
    >
      <p>{t("Maquette is closed by default: what no policy allows is denied, for admins too. Add policies, then publish; the policies of the published release are the ones that count here.")}</p>
      <p className="mt-2 font-mono text-xs text-muted">{error.wire.code} · {error.wire.title}</p>
    </Empty>
  );
}
