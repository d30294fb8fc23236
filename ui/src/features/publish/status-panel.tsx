/** What a target says of itself: the release that runs, entities, deployments, and going back. */
import { useAnswer, useRun } from "@/api/hooks";
import { describe, notify } from "@/api/notices";
import { Button } from "@/kit/button";
import { Confirm } from "@/kit/dialog";
import { Badge } from "@/kit/layout";
import { Empty, Failure, Skeleton } from "@/kit/states";
import { short, t, when } from "@/kit/text";
import { CircleCheck, CircleX, RotateCcw, RotateCw } from "lucide-react";
import { useState } from "react";

export function StatusPanel({ target }: { target: string }) {
  const status = useAnswer("targets.get_status", { target });
  const back = useRun("publish.roll_back");
  const [asking, setAsking] = useState(false);
  if (status.isPending) return <Skeleton />;
  if (status.isError) return <Failure words={describe(status.error)} onRetry={() => void status.refetch()} />;
  const { ok, problem, release, deployments, entities } = status.data;
  const before = deployments[1];
  return (
    <div className="flex max-w-5xl flex-col gap-5 p-5">
      <header className="flex items-center gap-3 rounded-lg border bg-surface p-3">
        {ok ? <CircleCheck className="size-5 text-ok" aria-hidden /> : <CircleX className="size-5 text-danger" aria-hidden />}
        <div>
          <h2 className="font-semibold">{ok ? t("{{target}} answers", { target }) : t("{{target}} cannot be used", { target })}</h2>
          <p className="text-sm text-soft">{ok ? (release ? <>{t("runs release")} <span className="font-mono text-xs">{short(release)}</span></> : t("nothing was published to it yet")) : problem}</p>
        </div>
        <div className="ms-auto flex gap-2">
          <Button icon={<RotateCw className="size-3.5" aria-hidden />} disabled={status.isFetching} onClick={() => void status.refetch()}>
            {t("Ask again")}
          </Button>
          {before ? (
            <Button icon={<RotateCcw className="size-3.5" aria-hidden />} onClick={() => setAsking(true)}>
              {t("Roll back")}
            </Button>
          ) : null}
        </div>
      </header>
      {deployments.length > 0 ? (
        <section className="flex flex-col gap-2">
          <h3 className="text-sm font-semibold text-soft">{t("Deployments")}</h3>
          <ol className="overflow-hidden rounded-lg border bg-surface">
            {deployments.map((deployment, at) => (
              <li key={deployment.id} className="flex h-9 items-center gap-3 border-b px-3 text-sm last:border-b-0">
                <span className="w-24 font-medium">{t("Release {{number}}", { number: deployment.releaseNumber })}</span>
                <span className="font-mono text-xs text-muted">{short(deployment.release)}</span>
                <Badge tone={deployment.direction === "rollback" ? "warn" : "neutral"}>{deployment.direction === "rollback" ? t("rolled back") : t("applied")}</Badge>
                {at === 0 ? <Badge tone="accent">{t("runs now")}</Badge> : null}
                <span className="ms-auto text-soft tabular">{when(deployment.at)}</span>
                <span className="w-28 truncate text-end text-muted">{deployment.by}</span>
              </li>
            ))}
          </ol>
        </section>
      ) : ok ? (
        <Empty title={t("Nothing runs here yet")}>{t("Make a plan and apply it; what runs is shown here afterwards.")}</Empty>
      ) : null}
      {entities.length > 0 ? (
        <section className="flex flex-col gap-2">
          <h3 className="text-sm font-semibold text-soft">{t("{{count}} entities", { count: entities.length })}</h3>
          <ul className="flex flex-wrap gap-1.5">
            {entities.map((entity) => (
              <li key={entity.name}>
                <Badge>
                  {entity.name} <span className="text-muted">{entity.version}</span>
                </Badge>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {asking && before ? (
        <Confirm
          title={t("Roll {{target}} back?", { target })}
          action={t("Roll back")}
          busy={back.isPending}
          onClose={() => setAsking(false)}
          onConfirm={() =>
            back.mutate(
              { target },
              {
                onSuccess: () => notify.done(t("{{target}} runs release {{number}} again", { target, number: before.releaseNumber })),
                onError: (error) => notify.failure(error, t("It was not rolled back")),
                onSettled: () => setAsking(false),
              },
            )
          }
        >
          <p>{t("{{target}} goes back to release {{number}}: its shapes and policies count again at once.", { target, number: before.releaseNumber })}</p>
          <p>{t("No table, column or row is dropped; what the newer release added is kept and can be published again.")}</p>
        </Confirm>
      ) : null}
    </div>
  );
}
