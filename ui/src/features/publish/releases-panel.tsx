import { useAnswer, useRun } from "@/api/hooks";
import { describe, notify } from "@/api/notices";
import { Button } from "@/kit/button";
import { Input } from "@/kit/input";
import { Badge } from "@/kit/layout";
import { Empty, Failure, Skeleton } from "@/kit/states";
import { short, t, when } from "@/kit/text";
import { PackageCheck } from "lucide-react";
import { useState } from "react";

export function ReleasesPanel({ target }: { target: string }) {
  const answer = useAnswer("releases.list_releases", {});
  const make = useRun("releases.make_release");
  const [label, setLabel] = useState("");
  const freeze = () =>
    make.mutate(
      { label: label.trim() || null },
      {
        onSuccess: (release) => {
          setLabel("");
          notify.done(t("Release {{number}} was made and signed", { number: release.number }));
        },
        onError: (error) => notify.failure(error, t("No release was made")),
      },
    );
  return (
    <div className="flex max-w-5xl flex-col gap-4 p-5">
      <form
        className="flex items-center gap-2 rounded-lg border bg-surface p-3"
        onSubmit={(event) => {
          event.preventDefault();
          freeze();
        }}
      >
        <Input aria-label={t("A word for people")} placeholder={t("A word for people, such as: invoices with status")} value={label} onChange={(event) => setLabel(event.target.value)} />
        <Button type="submit" disabled={make.isPending} icon={<PackageCheck className="size-3.5" aria-hidden />}>
          {t("Make a release")}
        </Button>
      </form>
      {answer.isPending ? (
        <Skeleton />
      ) : answer.isError ? (
        <Failure words={describe(answer.error)} onRetry={() => void answer.refetch()} />
      ) : answer.data.releases.length === 0 ? (
        <Empty icon={<PackageCheck className="size-6" aria-hidden />} title={t("No release yet")}>
          {t("A release freezes the model as it stands: content-addressed, signed, never changed again. Making a plan for {{target}} makes one by itself.", { target })}
        </Empty>
      ) : (
        <ol className="flex flex-col gap-2">
          {answer.data.releases.map((release) => (
            <li key={release.digest} className="rounded-lg border bg-surface p-3">
              <div className="flex items-center gap-3">
                <h3 className="font-semibold">{t("Release {{number}}", { number: release.number })}</h3>
                {release.label ? <span className="text-sm">{release.label}</span> : null}
                <span className="font-mono text-xs text-muted">{short(release.digest)}</span>
                {release.runningOn.map((name) => (
                  <Badge key={name} tone="ok">
                    {t("runs on {{name}}", { name })}
                  </Badge>
                ))}
                <span className="ms-auto text-sm text-soft tabular">{when(release.createdAt)}</span>
                <span className="text-sm text-muted">{release.createdBy}</span>
              </div>
              <p className="mt-1.5 line-clamp-2 text-sm text-soft">{release.versions.map((version) => `${version.entity} ${version.version}`).join(", ")}</p>
              <p className="mt-1 text-xs text-muted">
                {t("signed with")} <span className="font-mono">{release.keyId}</span>
              </p>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
