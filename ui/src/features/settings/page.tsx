/** What every page of the settings has: a head, and a place for what waits, failed or is empty. */
import { describe } from "@/api/notices";
import { Button } from "@/kit/button";
import { Failure, Skeleton } from "@/kit/states";
import { t } from "@/kit/text";
import { Check, Copy } from "lucide-react";
import { type ReactNode, useState } from "react";

export function Page({ title, note, actions, children }: { title: string; note: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex h-full flex-col">
      <header className="flex shrink-0 flex-wrap items-start gap-x-4 gap-y-2 border-b px-5 py-3">
        <div className="min-w-0 flex-1 basis-72">
          <h2 className="font-semibold">{title}</h2>
          <p className="max-w-2xl text-sm text-soft">{note}</p>
        </div>
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </header>
      <div className="min-h-0 flex-1">{children}</div>
    </section>
  );
}

/** An answer that may wait or fail. */
export function Answer<T>({ answer, children }: { answer: { isPending: boolean; error: unknown; data: T | undefined; refetch: () => unknown }; children: (data: T) => ReactNode }) {
  if (answer.isPending) return <Skeleton />;
  if (answer.error || answer.data === undefined) return <Failure words={describe(answer.error)} onRetry={() => void answer.refetch()} />;
  return <>{children(answer.data)}</>;
}

/** Copies a text; says so for a moment. */
export function CopyButton({ text, label, autoFocus = false }: { text: string; label: string; autoFocus?: boolean }) {
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // Without the right to the clipboard, the text can still be selected.
      setCopied(false);
    }
  };
  return (
    <span className="flex items-center gap-2">
      <Button autoFocus={autoFocus} icon={copied ? <Check className="size-3.5" aria-hidden /> : <Copy className="size-3.5" aria-hidden />} onClick={() => void copy()}>
        {label}
      </Button>
      <span role="status" className="text-sm text-soft">
        {copied === null ? "" : copied ? t("Copied") : t("Select it and copy it by hand")}
      </span>
    </span>
  );
}
