/** What was done to the workspace, newest first, and going back to any point of it. */
import { draft, queue } from "@/api/client";
import { redo, undo, useAnswer, useDraft } from "@/api/hooks";
import { describe, notify } from "@/api/notices";
import type { HistoryEntry } from "@/contract/HistoryEntry";
import { Button } from "@/kit/button";
import { Grid, type Column } from "@/kit/grid";
import { WithCode } from "@/kit/finding";
import { Badge, ScreenHeader } from "@/kit/layout";
import { Empty, Failure, Skeleton } from "@/kit/states";
import { t, when } from "@/kit/text";
import { History, Redo2, Undo2 } from "lucide-react";
import { useMemo, useState } from "react";

/**
 * Takes back or brings again, one by one, until `target` is the last thing the person has done. What others did in
 * between stays: everybody takes back their own.
 */
async function goBackTo(target: HistoryEntry, entries: readonly HistoryEntry[]) {
  const own = entries.filter((entry) => entry.actor === draft.get().user);
  const done = own.filter((entry) => entry.state === "done" && entry.seq > target.seq).length;
  const undone = own.filter((entry) => entry.state === "undone" && entry.seq <= target.seq).length;
  for (let step = 0; step < done && draft.get().undo !== null; step++) await queue.undo();
  for (let step = 0; step < undone && draft.get().redo !== null; step++) await queue.redo();
}

export function HistoryScreen() {
  const answer = useAnswer("workspace.list_history", { limit: 500 });
  const undoLabel = useDraft((state) => state.undo);
  const redoLabel = useDraft((state) => state.redo);
  const [busy, setBusy] = useState(false);
  const entries = useMemo(() => answer.data?.entries ?? [], [answer.data]);
  const columns = useMemo((): Column<HistoryEntry>[] => {
    const last = entries.find((entry) => entry.state === "done");
    const back = async (entry: HistoryEntry) => {
      setBusy(true);
      try {
        await goBackTo(entry, entries);
      } catch (error) {
        notify.failure(error, t("It could not go back that far"));
      } finally {
        setBusy(false);
      }
    };
    return [
      { key: "seq", title: "#", width: 60, numeric: true, cell: (entry) => entry.seq },
      {
        key: "label", title: t("What was done"), width: 380,
        cell: (entry) => (
          <span className={entry.state === "done" ? "" : "text-muted line-through"}>
            <WithCode text={entry.label} />
          </span>
        ),
      },
      { key: "state", title: t("State"), width: 100, cell: (entry) => (entry === last ? <Badge tone="accent">{t("now")}</Badge> : entry.state === "done" ? "" : <Badge>{t("undone")}</Badge>) },
      { key: "actor", title: t("Who"), width: 120, cell: (entry) => entry.actor },
      { key: "at", title: t("When"), width: 170, cell: (entry) => <span className="tabular text-soft">{when(entry.at)}</span> },
      {
        key: "go", title: "", width: 130,
        cell: (entry) =>
          entry === last ? null : (
            <Button className="h-6" disabled={busy} onClick={() => void back(entry)}>
              {entry.state === "done" ? t("Go back to here") : t("Redo to here")}
            </Button>
          ),
      },
    ];
  }, [entries, busy]);
  return (
    <div className="flex h-full flex-col">
      <ScreenHeader title={t("History")} note={t("Kept with the workspace: it is here after a restart too.")}>
        <Button disabled={undoLabel === null} icon={<Undo2 className="size-3.5" aria-hidden />} onClick={undo}>
          {t("Undo")}
        </Button>
        <Button disabled={redoLabel === null} icon={<Redo2 className="size-3.5" aria-hidden />} onClick={redo}>
          {t("Redo")}
        </Button>
      </ScreenHeader>
      <div className="min-h-0 flex-1 bg-surface">
        {answer.isPending ? (
          <Skeleton />
        ) : answer.isError ? (
          <Failure words={describe(answer.error)} onRetry={() => void answer.refetch()} />
        ) : entries.length === 0 ? (
          <Empty icon={<History className="size-6" aria-hidden />} title={t("Nothing was done yet")}>
            {t("Every change of the model is listed here, and you can go back to any of them.")}
          </Empty>
        ) : (
          <Grid label={t("History")} rows={entries} columns={columns} rowKey={(entry) => String(entry.seq)} />
        )}
      </div>
    </div>
  );
}
