/** A finding as a row: how bad, what, what next, and its fix. */
import type { Finding } from "@/contract/Finding";
import { CircleAlert, Info, TriangleAlert, Wrench } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { Button } from "./button";
import { sentence, t } from "./text";

const looks = {
  error: { icon: CircleAlert, colour: "text-danger", word: "Error" },
  warning: { icon: TriangleAlert, colour: "text-warn", word: "Warning" },
  info: { icon: Info, colour: "text-info", word: "Note" },
} as const;

export function SeverityIcon({ severity, className = "size-3.5" }: { severity: Finding["severity"]; className?: string }) {
  const { icon: Icon, colour, word } = looks[severity];
  return <Icon role="img" aria-label={t(word)} className={`shrink-0 ${colour} ${className}`} />;
}

/** Text with `names` in backticks set as code. */
export function WithCode({ text }: { text: string }): ReactNode {
  return text.split("`").map((part, at) =>
    at % 2 === 1 ? (
      <code key={at} className="rounded bg-hover px-1 font-mono text-[0.92em] wrap-anywhere">
        {part}
      </code>
    ) : (
      <Fragment key={at}>{part}</Fragment>
    ),
  );
}

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

export function FindingRow({
  finding,
  where,
  onJump,
  onFix,
  onExplain,
}: {
  finding: Finding;
  where?: string | undefined;
  onJump?: (() => void) | undefined;
  onFix?: (() => void) | undefined;
  onExplain?: (() => void) | undefined;
}) {
  const text = (
    <>
      <span className="text-base text-text">
        <WithCode text={upper(sentence(finding))} />
      </span>
      {where ? <span className="ms-2 text-sm text-muted">{where}</span> : null}
      {finding.help ? (
        <span className="block text-sm text-soft">
          <WithCode text={upper(finding.help)} />
        </span>
      ) : null}
    </>
  );
  const canFix = onFix !== undefined && finding.fix !== undefined;
  return (
    <div className="@container">
      <div className="flex flex-wrap items-start gap-x-2 gap-y-1 px-3 py-1.5 @lg:flex-nowrap">
        <SeverityIcon severity={finding.severity} className="mt-0.5 size-4" />
        {onJump ? (
          <button type="button" className="min-w-0 flex-1 text-start hover:underline" onClick={onJump}>
            {text}
          </button>
        ) : (
          <div className="min-w-0 flex-1">{text}</div>
        )}
        {canFix || onExplain ? (
          // Beside the text where there is room, under it in a narrow panel.
          <div className="flex basis-full items-center gap-2 ps-6 @lg:basis-auto @lg:ps-0">
            {canFix ? (
              <Button icon={<Wrench className="size-3.5 shrink-0" aria-hidden />} onClick={onFix} className="h-6 max-w-64">
                <span className="truncate">{finding.fix?.title.replaceAll("`", "")}</span>
              </Button>
            ) : null}
            {onExplain ? (
              <button type="button" onClick={onExplain} title={t("Explain {{code}}", { code: finding.code })} className="truncate rounded font-mono text-xs text-muted hover:text-accent hover:underline">
                {finding.code}
              </button>
            ) : null}
          </div>
        ) : null}
      </div>
    </div>
  );
}
