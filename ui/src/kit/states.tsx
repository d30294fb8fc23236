/** What a screen shows when it has nothing, waits, or failed. */
import { AlertTriangle, RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button";
import { t } from "./text";

export function Empty({ icon, title, children, actions }: { icon?: ReactNode; title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-3 p-8 text-center">
      {icon ? <div className="text-muted">{icon}</div> : null}
      <h2 className="text-lg font-semibold">{title}</h2>
      {children ? <div className="max-w-md text-base text-soft">{children}</div> : null}
      {actions ? <div className="mt-1 flex flex-wrap justify-center gap-2">{actions}</div> : null}
    </div>
  );
}

export interface FailureWords {
  code: string;
  title: string;
  help: string;
  incident?: string;
}

export function Failure({ words, onRetry, actions }: { words: FailureWords; onRetry?: () => void; actions?: ReactNode }) {
  return (
    <div role="alert" className="m-4 flex max-w-2xl items-start gap-3 rounded-lg border border-danger bg-danger-wash p-3">
      <AlertTriangle className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{words.title}</p>
        {words.help ? <p className="mt-0.5 text-sm text-soft">{words.help}</p> : null}
        <p className="mt-1 font-mono text-xs text-soft">
          {words.code}
          {words.incident ? ` · ${words.incident}` : ""}
        </p>
        {actions ? <div className="mt-2 flex gap-2">{actions}</div> : null}
      </div>
      {onRetry ? (
        <Button icon={<RotateCw className="size-3.5" aria-hidden />} onClick={onRetry}>
          {t("Try again")}
        </Button>
      ) : null}
    </div>
  );
}

export function Skeleton({ rows = 8 }: { rows?: number }) {
  return (
    <div role="status" aria-label={t("Loading")} className="flex flex-col gap-2.5 p-4">
      {Array.from({ length: rows }, (_, at) => (
        <div key={at} className="h-4 animate-pulse rounded bg-hover" style={{ width: `${92 - ((at * 17) % 45)}%` }} />
      ))}
    </div>
  );
}

export function ProgressBar({ step, done, total }: { step: string; done: number; total: number | null }) {
  const share = total ? Math.min(100, Math.round((done / total) * 100)) : null;
  return (
    <div className="flex flex-col gap-1.5" role="status" aria-live="polite">
      <div className="flex justify-between text-sm">
        <span>{step}</span>
        <span className="tabular text-muted">
          {done.toLocaleString("en")}
          {total ? ` / ${total.toLocaleString("en")}` : ""}
        </span>
      </div>
      <div
        role="progressbar"
        aria-label={step}
        aria-valuenow={share ?? undefined}
        aria-valuemin={0}
        aria-valuemax={100}
        className="h-1.5 overflow-hidden rounded-full bg-hover"
      >
        <div
          className={`h-full rounded-full bg-accent transition-[width] ${share === null ? "w-1/3 animate-pulse" : ""}`}
          style={share === null ? undefined : { width: `${share}%` }}
        />
      </div>
    </div>
  );
}
