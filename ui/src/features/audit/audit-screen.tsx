/** The audit log: everything that was done or denied, with every filter, and the check of its chain. */
import { useAnswer, useEntities, useRun } from "@/api/hooks";
import { describe } from "@/api/notices";
import type { AuditQuery } from "@/contract/AuditQuery";
import type { AuditRow } from "@/contract/AuditRow";
import { Button } from "@/kit/button";
import { Dialog } from "@/kit/dialog";
import { Grid, type Column } from "@/kit/grid";
import { Input, Select } from "@/kit/input";
import { Badge, ScreenHeader } from "@/kit/layout";
import { Empty, Failure, Skeleton } from "@/kit/states";
import { count, short, t, when } from "@/kit/text";
import { ChevronLeft, ChevronRight, FileClock, ShieldCheck, ShieldX } from "lucide-react";
import { useState } from "react";

const SIZE = 100;

const columns: Column<AuditRow>[] = [
  { key: "seq", title: "#", width: 64, numeric: true, cell: (event) => event.seq },
  { key: "timestamp", title: t("When"), width: 160, cell: (event) => <span className="tabular text-soft">{when(event.timestamp)}</span> },
  { key: "eventType", title: t("Event"), width: 190, cell: (event) => <span className="font-mono text-sm">{event.eventType}</span> },
  { key: "userId", title: t("Who"), width: 120, cell: (event) => event.userId },
  { key: "action", title: t("Action"), width: 90, cell: (event) => event.action },
  { key: "resource", title: t("On"), width: 180, cell: (event) => event.resource },
  { key: "result", title: t("Result"), width: 90, cell: (event) => <Badge tone={event.result === "success" ? "ok" : "danger"}>{t(event.result)}</Badge> },
  { key: "error", title: t("Why not"), width: 220, cell: (event) => <span className="text-soft">{event.errorMessage ?? ""}</span> },
];

const instant = (text: string) => (text === "" ? null : new Date(text).toISOString());

export function AuditScreen() {
  const entities = useEntities();
  const [type, setType] = useState("");
  const [user, setUser] = useState("");
  const [resource, setResource] = useState("");
  const [result, setResult] = useState("");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [page, setPage] = useState(1);
  const [opened, setOpened] = useState<AuditRow | null>(null);
  const query: AuditQuery = {
    eventType: type.trim() === "" ? null : type.split(/[,\s]+/).filter(Boolean),
    userId: user.trim() || null,
    resource: resource.trim() || null,
    result: result || null,
    startDate: instant(from),
    endDate: instant(to),
    page,
    pageSize: SIZE,
  };
  const answer = useAnswer("audit.query_events", query, { keep: true });
  const filtered = [type, user, resource, result, from, to].some((text) => text !== "");
  const total = answer.data?.total ?? 0;
  const pages = Math.max(1, Math.ceil(total / SIZE));
  const narrow = (set: (text: string) => void) => (event: { target: { value: string } }) => {
    set(event.target.value);
    setPage(1);
  };
  const clear = () => {
    for (const set of [setType, setUser, setResource, setResult, setFrom, setTo]) set("");
    setPage(1);
  };
  return (
    <div className="flex h-full flex-col">
      <ScreenHeader title={t("Audit")} note={t("Append-only and hash-chained: a changed event breaks the chain.")}>
        <Verify />
      </ScreenHeader>
      <div role="search" aria-label={t("Filter events")} className="flex shrink-0 flex-wrap items-end gap-2 border-b bg-surface px-4 py-2">
        <Input aria-label={t("Event types")} placeholder={t("Event types, like record.created")} className="w-56" value={type} onChange={narrow(setType)} />
        <Input aria-label={t("User")} placeholder={t("User")} className="w-32" value={user} onChange={narrow(setUser)} />
        <Input aria-label={t("On what")} placeholder={t("On what")} list="audit-resources" className="w-36" value={resource} onChange={narrow(setResource)} />
        <datalist id="audit-resources">
          {entities.map((entity) => (
            <option key={entity.id} value={entity.name} />
          ))}
        </datalist>
        <Select aria-label={t("Result")} className="w-28" value={result} onChange={narrow(setResult)}>
          <option value="">{t("Any result")}</option>
          <option value="success">{t("success")}</option>
          <option value="failure">{t("failure")}</option>
        </Select>
        <label className="flex items-center gap-1.5 text-sm text-soft">
          {t("From")}
          <Input type="datetime-local" className="w-44" value={from} onChange={narrow(setFrom)} />
        </label>
        <label className="flex items-center gap-1.5 text-sm text-soft">
          {t("To")}
          <Input type="datetime-local" className="w-44" value={to} onChange={narrow(setTo)} />
        </label>
        {filtered ? (
          <Button tone="quiet" onClick={clear}>
            {t("Clear")}
          </Button>
        ) : null}
      </div>
      <div className="min-h-0 flex-1 bg-surface">
        {answer.isPending ? (
          <Skeleton />
        ) : answer.isError ? (
          <Failure words={describe(answer.error)} onRetry={() => void answer.refetch()} />
        ) : answer.data.data.length === 0 ? (
          <Empty icon={<FileClock className="size-6" aria-hidden />} title={filtered ? t("No event is like that") : t("Nothing happened yet")}>
            {filtered ? t("Widen the filter.") : t("Every change, denial and administrative act is written here, in the transaction that makes it.")}
          </Empty>
        ) : (
          <Grid label={t("Audit events")} rows={answer.data.data} columns={columns} rowKey={(event) => event.eventId} selected={opened ? [opened.eventId] : []} onSelect={setOpened} onOpen={setOpened} />
        )}
      </div>
      <footer className="flex h-9 shrink-0 items-center gap-2 border-t bg-surface px-4 text-sm text-soft">
        <span className="tabular">{t("{{count}} events", { count: total })}</span>
        <span className="ms-auto tabular">{t("Page {{page}} of {{pages}}", { page: count(page), pages: count(pages) })}</span>
        <Button aria-label={t("Newer")} disabled={page <= 1} onClick={() => setPage(page - 1)}>
          <ChevronLeft className="size-4" aria-hidden />
        </Button>
        <Button aria-label={t("Older")} disabled={page >= pages} onClick={() => setPage(page + 1)}>
          <ChevronRight className="size-4" aria-hidden />
        </Button>
      </footer>
      {opened ? <Event event={opened} onClose={() => setOpened(null)} /> : null}
    </div>
  );
}

function Verify() {
  const verify = useRun("audit.verify_chain");
  return (
    <div className="flex items-center gap-3" aria-live="polite">
      {verify.isError ? <span className="text-sm text-danger">{describe(verify.error).title}</span> : null}
      {verify.data ? (
        <span className={`flex items-center gap-1.5 text-sm ${verify.data.ok ? "text-ok" : "text-danger"}`}>
          {verify.data.ok ? <ShieldCheck className="size-4" aria-hidden /> : <ShieldX className="size-4" aria-hidden />}
          {verify.data.ok ? t("Whole: {{count}} events", { count: verify.data.checked }) + (verify.data.unsealed ? t(", {{count}} wait to be linked", { count: verify.data.unsealed }) : "") : (verify.data.problem ?? t("The chain is broken"))}
        </span>
      ) : null}
      <Button disabled={verify.isPending} icon={<ShieldCheck className="size-3.5" aria-hidden />} onClick={() => verify.mutate({})}>
        {verify.isPending ? t("Verifying…") : t("Verify chain")}
      </Button>
    </div>
  );
}

function Event({ event, onClose }: { event: AuditRow; onClose: () => void }) {
  const rows: [string, string][] = [
    [t("When"), when(event.timestamp)],
    [t("Who"), event.userId],
    [t("Tenant and realm"), `${event.tenantId} / ${event.realmId}`],
    [t("Action"), `${event.action} ${event.resource}`],
    [t("Result"), event.errorMessage ? `${event.result}: ${event.errorMessage}` : event.result],
    [t("Place in the chain"), event.seq ? `${event.seq} · ${short(event.hash)}` : t("Waits to be linked")],
    [t("Id"), event.eventId],
  ];
  return (
    <Dialog title={event.eventType} wide onClose={onClose}>
      <dl className="grid grid-cols-[10rem_1fr] gap-y-1.5 text-sm">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-soft">{name}</dt>
            <dd className="break-all">{value}</dd>
          </div>
        ))}
      </dl>
      {event.details ? <pre className="mt-4 overflow-auto rounded-md bg-sunken p-3 font-mono text-sm">{JSON.stringify(event.details, null, 2)}</pre> : null}
    </Dialog>
  );
}
