/** Import: choose a database, see what would become of every object, run it, read the report. */
import { host } from "@/api/client";
import { useJob, useRun } from "@/api/hooks";
import { describe } from "@/api/notices";
import type { ImportReport } from "@/contract/ImportReport";
import { CallFailed } from "@/platform";
import { Button } from "@/kit/button";
import { Input, Labelled } from "@/kit/input";
import { ScreenHeader } from "@/kit/layout";
import { Failure, ProgressBar, Skeleton } from "@/kit/states";
import { t } from "@/kit/text";
import { FolderOpen } from "lucide-react";
import { useState } from "react";
import { Preview } from "./preview";
import { Report } from "./report";
import { recentSources, rememberSource } from "./recent";

export interface ImportChoice {
  tables: ReadonlySet<string>;
  withData: boolean;
  starter: string;
}

const steps: Record<string, string> = { reading: "Reading the source", rows: "Taking the rows" };

export function ImportScreen() {
  const [path, setPath] = useState("");
  const preview = useRun("import.preview");
  const run = useJob("import.run");
  const look = (source: string) => {
    const trimmed = source.trim().replace(/^["']|["']$/g, "");
    if (trimmed === "") return;
    setPath(trimmed);
    run.reset();
    preview.mutate({ source: trimmed }, { onSuccess: () => rememberSource(trimmed) });
  };
  const start = (choice: ImportChoice, report: ImportReport) =>
    run.mutate({
      source: report.source,
      withData: choice.withData,
      starterPolicy: choice.starter || null,
      tables: choice.tables.size === report.tables.length ? null : [...choice.tables],
    });
  const cancelled = run.error instanceof CallFailed && run.error.wire.code === "job/cancelled";
  if (run.isSuccess) return <Report report={run.data} onAgain={() => (run.reset(), preview.reset())} />;
  return (
    <div className="flex h-full flex-col">
      <ScreenHeader title={t("Import")} note={t("The source is opened read-only. All of it comes in, or nothing.")} />
      <form
        className="flex shrink-0 items-end gap-2 border-b bg-surface px-4 py-3"
        onSubmit={(event) => {
          event.preventDefault();
          look(path);
        }}
      >
        <div className="max-w-2xl flex-1">
          <Labelled label={t("SQLite database")} help={host().host === "browser" ? t("Type or paste the path of the file on the machine where the studio runs; the core reads it, not the browser.") : undefined}>
            {(ids) => <Input {...ids} autoFocus list="recent-sources" className="font-mono" placeholder="/home/ann/shop.sqlite" value={path} onChange={(event) => setPath(event.target.value)} />}
          </Labelled>
          <datalist id="recent-sources">
            {recentSources().map((source) => (
              <option key={source} value={source} />
            ))}
          </datalist>
        </div>
        <div className={`flex gap-2 ${host().host === "browser" ? "mb-5" : ""}`}>
          {host().host === "desktop" ? (
            <Button icon={<FolderOpen className="size-3.5" aria-hidden />} onClick={() => void host().pickFile().then((file) => file && look(file))}>
              {t("Choose a file")}
            </Button>
          ) : null}
          <Button type="submit" tone="primary" disabled={path.trim() === "" || preview.isPending || run.isPending}>
            {t("Preview")}
          </Button>
        </div>
      </form>
      <div className="min-h-0 flex-1">
        {run.isPending ? (
          <div className="mx-auto mt-16 flex w-96 flex-col gap-4">
            <ProgressBar step={t(steps[run.progress?.step ?? "reading"] ?? run.progress?.step ?? "")} done={run.progress?.done ?? 0} total={run.progress?.total ?? null} />
            <Button className="self-center" onClick={run.cancel}>
              {t("Cancel")}
            </Button>
          </div>
        ) : preview.isPending ? (
          <Skeleton />
        ) : preview.isError ? (
          <Failure words={describe(preview.error)} onRetry={() => look(path)} />
        ) : preview.data ? (
          <>
            {cancelled ? (
              <p role="status" className="border-b bg-info-wash px-4 py-2 text-sm text-info">
                {t("The import was cancelled; nothing was changed.")}
              </p>
            ) : run.isError ? (
              <Failure words={describe(run.error)} />
            ) : null}
            <Preview key={preview.data.source} report={preview.data} onRun={(choice) => start(choice, preview.data)} />
          </>
        ) : (
          <div className="mx-auto mt-12 flex max-w-xl flex-col gap-3 text-base text-soft">
            <h2 className="text-lg font-semibold text-text">{t("What an import does")}</h2>
            <ul className="flex list-disc flex-col gap-1.5 ps-5">
              <li>{t("Tables become entities, columns become fields, foreign keys become relations; keys, uniques, checks, defaults and indexes come along.")}</li>
              <li>{t("Names that cannot stay are changed, and the original is kept beside them.")}</li>
              <li>{t("Every object of the source is accounted for: imported, changed or refused, with the reason.")}</li>
              <li>{t("The preview changes nothing. The model that an import makes can be taken back as one step.")}</li>
            </ul>
          </div>
        )}
      </div>
    </div>
  );
}
