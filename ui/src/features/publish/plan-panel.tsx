/** The plan: what applying would change, in words and in SQL, and what keeps it from being applied. */
import { useDraft, useJob, useRun } from "@/api/hooks";
import { describe, notify } from "@/api/notices";
import type { Plan } from "@/contract/Plan";
import type { PlanChange } from "@/contract/PlanChange";
import { Button } from "@/kit/button";
import { FindingRow, WithCode } from "@/kit/finding";
import { Switch } from "@/kit/input";
import { Badge } from "@/kit/layout";
import { Empty, Failure, ProgressBar, Skeleton } from "@/kit/states";
import { count, short, t } from "@/kit/text";
import { CallFailed } from "@/platform";
import { explain, goTo, jumpTo } from "@/model/place";
import { entitiesOf } from "@/model/workspace";
import { Ban, ClipboardList, CloudUpload, CircleCheck, RotateCw } from "lucide-react";
import { useEffect, useRef, useState } from "react";

export function PlanPanel({ target, onDone }: { target: string; onDone: () => void }) {
  const seq = useDraft((state) => state.seq);
  const errors = useDraft((state) => state.findings.filter((finding) => finding.severity === "error").length);
  const empty = useDraft((state) => entitiesOf(state.documents).length === 0);
  const plan = useRun("publish.make_plan");
  const apply = useJob("publish.apply_plan");
  const [withData, setWithData] = useState(false);
  const madeAt = useRef<number | null>(null);
  const { mutate } = plan;
  const make = () => {
    apply.reset();
    madeAt.current = seq;
    mutate({ target });
  };
  const stale = plan.isSuccess && madeAt.current !== null && madeAt.current !== seq;
  const moved = apply.error instanceof CallFailed && apply.error.wire.status === 409;
  useEffect(() => {
    if (apply.isSuccess) notify.done(t("The release runs on {{target}}", { target }));
  }, [apply.isSuccess, target]);

  if (empty)
    return (
      <Empty icon={<ClipboardList className="size-6" aria-hidden />} title={t("There is nothing to publish yet")} actions={<Button onClick={() => goTo("model")}>{t("Go to the model")}</Button>}>
        {t("Add an entity or import a database first.")}
      </Empty>
    );
  if (apply.isPending)
    return (
      <div className="mx-auto mt-16 flex w-96 flex-col gap-4">
        <ProgressBar step={t("Applying to {{target}}: {{step}}", { target, step: apply.progress?.step ?? t("starting") })} done={apply.progress?.done ?? 0} total={apply.progress?.total ?? null} />
        <Button className="self-center" onClick={apply.cancel}>
          {t("Cancel")}
        </Button>
      </div>
    );
  if (apply.isSuccess)
    return (
      <Empty
        icon={<CircleCheck className="size-6 text-ok" aria-hidden />}
        title={apply.data.deployment ? t("Release {{number}} runs on {{target}}", { number: apply.data.deployment.releaseNumber, target }) : t("{{target}} was up to date already", { target })}
        actions={
          <>
            <Button onClick={onDone}>{t("See what runs")}</Button>
            {target === "local" ? (
              <Button tone="primary" onClick={() => goTo("data")}>
                {t("See the data")}
              </Button>
            ) : null}
          </>
        }
      >
        {apply.data.rows > 0 ? t("{{count}} rows went with it.", { count: apply.data.rows }) : t("No rows were moved.")}
      </Empty>
    );
  if (plan.isPending) return <Skeleton />;
  if (plan.isError) {
    const findings = plan.error instanceof CallFailed ? (plan.error.wire.findings ?? []) : [];
    return (
      <div>
        <Failure words={describe(plan.error)} onRetry={make} actions={errors > 0 ? <Button onClick={() => goTo("problems")}>{t("Show the problems")}</Button> : undefined} />
        {findings.map((finding, at) => (
          <FindingRow key={at} finding={finding} onJump={() => jumpTo(finding.place.document, finding.place.path)} onExplain={() => explain(finding.code)} />
        ))}
      </div>
    );
  }
  if (!plan.isSuccess)
    return (
      <Empty
        icon={<ClipboardList className="size-6" aria-hidden />}
        title={t("See what would change on {{target}}", { target })}
        actions={
          <Button tone="primary" onClick={make}>
            {t("Make a plan")}
          </Button>
        }
      >
        <p>{t("Changed entities are frozen into versions, all of them become a signed release, and the plan says what applying it would do. Nothing is changed on the target before you apply.")}</p>
        {errors > 0 ? <p className="mt-2 text-danger">{t("{{count}} errors keep a release from being made.", { count: errors })}</p> : null}
      </Empty>
    );
  return (
    <PlanView
      plan={plan.data}
      stale={stale}
      problem={apply.isError ? <Failure words={describe(apply.error)} onRetry={moved ? make : undefined} /> : null}
      withData={withData}
      onWithData={setWithData}
      onAgain={make}
      onApply={() => apply.mutate({ target, release: plan.data.release, plan: plan.data.digest, withData: withData && target !== "local" })}
    />
  );
}

/** `createEntity` as people say it. */
const spoken = (kind: string) => kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function PlanView({ plan, stale, problem, withData, onWithData, onAgain, onApply }: { plan: Plan; stale: boolean; problem: React.ReactNode; withData: boolean; onWithData: (on: boolean) => void; onAgain: () => void; onApply: () => void }) {
  const refused = plan.changes.filter((change) => !change.supported);
  const blocked = refused.length > 0 || plan.findings.some((finding) => finding.severity === "error");
  const groups = new Map<string, PlanChange[]>();
  for (const change of plan.changes) groups.set(change.entity, [...(groups.get(change.entity) ?? []), change]);
  return (
    <div className="flex max-w-5xl flex-col gap-5 p-5">
      <header className="flex flex-wrap items-center gap-3 rounded-lg border bg-surface p-3">
        <div className="min-w-0">
          <h2 className="font-semibold">{t("Release {{number}} to {{target}}", { number: plan.releaseNumber, target: plan.target })}</h2>
          <p className="font-mono text-xs text-muted">
            {t("release")} {short(plan.release)} · {t("plan")} {short(plan.digest)}
          </p>
        </div>
        <div className="ms-auto flex items-center gap-4">
          {plan.target === "local" ? null : <Switch checked={withData} onChange={onWithData} label={t("Send the rows of local too")} />}
          <Button icon={<RotateCw className="size-3.5" aria-hidden />} onClick={onAgain}>
            {t("Plan again")}
          </Button>
          <Button tone="primary" disabled={blocked || stale || (plan.empty && !withData)} icon={<CloudUpload className="size-3.5" aria-hidden />} onClick={onApply}>
            {t("Apply exactly this plan")}
          </Button>
        </div>
        {stale ? (
          <p role="status" className="w-full text-sm text-warn">
            {t("The model changed since this plan was made; plan again to publish what you see.")}
          </p>
        ) : null}
      </header>
      {problem}
      {blocked ? (
        <section aria-label={t("What keeps it from being applied")} className="rounded-lg border border-danger bg-danger-wash">
          <h3 className="flex items-center gap-2 px-3 pt-2.5 text-sm font-semibold text-danger">
            <Ban className="size-4" aria-hidden />
            {t("This cannot be applied")}
          </h3>
          <div className="py-1">
            {plan.findings.map((finding, at) => (
              <FindingRow key={at} finding={finding} onJump={() => jumpTo(finding.place.document, finding.place.path)} onExplain={() => explain(finding.code)} />
            ))}
          </div>
        </section>
      ) : plan.findings.length > 0 ? (
        <section aria-label={t("Findings")} className="rounded-lg border bg-surface py-1">
          {plan.findings.map((finding, at) => (
            <FindingRow key={at} finding={finding} onExplain={() => explain(finding.code)} />
          ))}
        </section>
      ) : null}
      {plan.empty ? (
        <Empty icon={<CircleCheck className="size-6 text-ok" aria-hidden />} title={t("Nothing would change")}>
          {t("{{target}} runs this release already.", { target: plan.target })}
        </Empty>
      ) : (
        <>
          <section aria-label={t("Changes")} className="flex flex-col gap-2">
            <h3 className="text-sm font-semibold text-soft">{t("{{count}} changes", { count: plan.changes.length })}</h3>
            <ul className="overflow-hidden rounded-lg border bg-surface">
              {[...groups].map(([entity, changes]) => (
                <li key={entity} className="grid grid-cols-[12rem_1fr] border-b px-3 py-1 last:border-b-0">
                  <h4 className="truncate pt-1 text-sm font-semibold" title={entity}>
                    {entity}
                  </h4>
                  <ul className="flex min-w-0 flex-col">
                    {changes.map((change, at) => (
                      <li key={at} className="flex min-h-6 items-center gap-2 text-sm">
                        <Badge tone={change.supported ? "neutral" : "danger"}>{change.supported ? spoken(change.kind) : t("refused")}</Badge>
                        <span className={change.supported ? "" : "text-danger"}>
                          <WithCode text={change.summary} />
                        </span>
                      </li>
                    ))}
                  </ul>
                </li>
              ))}
            </ul>
          </section>
          {plan.ddl.length > 0 ? (
            <details className="rounded-lg border bg-surface" open={plan.ddl.length < 6}>
              <summary className="px-3 py-2 text-sm font-semibold text-soft">
                {t("SQL as it will run")} <span className="font-normal text-muted">{count(plan.ddl.length)}</span>
              </summary>
              <pre tabIndex={0} aria-label={t("SQL as it will run")} className="max-h-96 overflow-auto border-t bg-sunken p-3 font-mono text-sm leading-5">
                {plan.ddl.map((statement) => statement.replace(/;?\s*$/, ";")).join("\n\n")}
              </pre>
            </details>
          ) : null}
        </>
      )}
    </div>
  );
}
