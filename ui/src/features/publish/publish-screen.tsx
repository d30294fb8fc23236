/** Publish: where it runs, what would change, and applying exactly what was reviewed. */
import { useAnswer, useRun } from "@/api/hooks";
import { describe, notify } from "@/api/notices";
import { Button } from "@/kit/button";
import { Confirm } from "@/kit/dialog";
import { ScreenHeader, Tabs } from "@/kit/layout";
import { Failure, Skeleton } from "@/kit/states";
import { t } from "@/kit/text";
import { HardDrive, Plus, Server, Trash2 } from "lucide-react";
import { useState } from "react";
import { AddTargetDialog } from "./add-target";
import { PlanPanel } from "./plan-panel";
import { ReleasesPanel } from "./releases-panel";
import { StatusPanel } from "./status-panel";

type View = "plan" | "status" | "releases";

export function PublishScreen() {
  const targets = useAnswer("targets.list_targets", {});
  const [chosen, setChosen] = useState("local");
  const [view, setView] = useState<View>("plan");
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<string | null>(null);
  const remove = useRun("targets.remove_target");
  const list = targets.data?.targets ?? [];
  const target = list.some((entry) => entry.name === chosen) ? chosen : "local";
  return (
    <div className="flex h-full flex-col">
      <ScreenHeader title={t("Publish")} note={t("A release is signed and never changes. Applying it runs exactly the plan you reviewed, in one transaction.")}>
        <Tabs
          label={t("View")}
          chosen={view}
          onChoose={setView}
          tabs={[
            { key: "plan", label: t("Plan") },
            { key: "status", label: t("What runs") },
            { key: "releases", label: t("Releases") },
          ]}
        />
      </ScreenHeader>
      <div className="flex min-h-0 flex-1">
        <nav aria-label={t("Targets")} className="flex w-56 shrink-0 flex-col border-e bg-surface">
          <h2 className="px-3 pt-3 pb-1 text-sm font-semibold text-soft">{t("Targets")}</h2>
          {targets.isPending ? <Skeleton rows={2} /> : null}
          {targets.isError ? <Failure words={describe(targets.error)} onRetry={() => void targets.refetch()} /> : null}
          <ul className="min-h-0 flex-1 overflow-auto px-1">
            {list.map((entry) => (
              <li key={entry.name} className="group relative">
                <button
                  type="button"
                  aria-current={entry.name === target}
                  onClick={() => setChosen(entry.name)}
                  className="flex w-full items-center gap-2 rounded px-2 py-1.5 text-start hover:bg-hover aria-[current=true]:bg-accent-wash"
                >
                  {entry.url === "" ? <HardDrive className="size-4 shrink-0 text-muted" aria-hidden /> : <Server className="size-4 shrink-0 text-muted" aria-hidden />}
                  <span className="min-w-0">
                    <span className="block truncate text-sm font-medium">{entry.name}</span>
                    <span className="block truncate text-xs text-muted">{entry.url === "" ? t("this workspace") : entry.url}</span>
                  </span>
                </button>
                {entry.url === "" ? null : (
                  <button
                    type="button"
                    aria-label={t("Remove target {{name}}", { name: entry.name })}
                    className="absolute end-2 top-2.5 rounded p-1 text-muted opacity-0 group-hover:opacity-100 hover:bg-hover hover:text-text focus:opacity-100"
                    onClick={() => setRemoving(entry.name)}
                  >
                    <Trash2 className="size-3.5" aria-hidden />
                  </button>
                )}
              </li>
            ))}
          </ul>
          <div className="border-t p-2">
            <Button tone="quiet" className="w-full justify-start" icon={<Plus className="size-3.5" aria-hidden />} onClick={() => setAdding(true)}>
              {t("Add a server")}
            </Button>
          </div>
        </nav>
        <div className="min-w-0 flex-1 overflow-auto">
          {view === "plan" ? <PlanPanel key={target} target={target} onDone={() => setView("status")} /> : view === "status" ? <StatusPanel key={target} target={target} /> : <ReleasesPanel target={target} />}
        </div>
      </div>
      {adding ? <AddTargetDialog onClose={() => setAdding(false)} onAdded={setChosen} /> : null}
      {removing !== null ? (
        <Confirm
          title={t("Remove target {{name}}?", { name: removing })}
          action={t("Remove")}
          busy={remove.isPending}
          onClose={() => setRemoving(null)}
          onConfirm={() =>
            remove.mutate(
              { target: removing },
              {
                onSuccess: () => setRemoving(null),
                onError: (error) => notify.failure(error, t("The target was not removed")),
              },
            )
          }
        >
          <p>{t("The server goes on as it is; this workspace only forgets its address and token.")}</p>
        </Confirm>
      ) : null}
    </div>
  );
}
