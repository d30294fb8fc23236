/** The bar at the bottom: whether everything is saved, what undo would do, what runs on local, problems. */
import { conflicts, queue } from "@/api/client";
import { redo, undo, useDraft } from "@/api/hooks";
import { IconButton } from "@/kit/button";
import { short, t } from "@/kit/text";
import { goTo } from "@/model/place";
import { Check, CircleAlert, CloudOff, GitMerge, LoaderCircle, PanelBottom, Radio, Redo2, TriangleAlert, Undo2 } from "lucide-react";
import { useStore } from "zustand";
import { preferences } from "./settings-store";

function SavedState() {
  const saving = useDraft((state) => state.saving);
  const icon = "size-3.5";
  if (saving.state === "saved")
    return (
      <span className="flex items-center gap-1" role="status">
        <Check className={`${icon} text-ok`} aria-hidden /> {t("Saved")}
      </span>
    );
  if (saving.state === "saving")
    return (
      <span className="flex items-center gap-1" role="status">
        <LoaderCircle className={`${icon} animate-spin`} aria-hidden /> {t("Saving…")}
      </span>
    );
  return (
    <span className="flex items-center gap-1.5 text-danger" role="alert">
      <CloudOff className={icon} aria-hidden />
      {t("Not saved: {{reason}}", { reason: saving.reason })} · {t("{{count}} edits waiting", { count: saving.pending })}
      <button type="button" className="font-semibold underline" onClick={queue.retry}>
        {t("Try now")}
      </button>
    </span>
  );
}

/** Places where somebody else was first and nothing was decided yet. */
function Undecided() {
  const count = useStore(conflicts, (state) => state.list.length);
  if (count === 0) return null;
  return (
    <button type="button" className="flex items-center gap-1 font-semibold text-warn hover:underline" onClick={() => conflicts.setState({ open: true })}>
      <GitMerge className="size-3.5" aria-hidden /> {t("{{count}} places to decide", { count })}
    </button>
  );
}

export function StatusBar() {
  const undoLabel = useDraft((state) => state.undo);
  const redoLabel = useDraft((state) => state.redo);
  const release = useDraft((state) => state.localRelease);
  const findings = useDraft((state) => state.findings);
  const open = useStore(preferences, (state) => state.problemsOpen);
  const errors = findings.filter((finding) => finding.severity === "error").length;
  const warnings = findings.filter((finding) => finding.severity === "warning").length;
  const plain = (label: string) => label.replaceAll("`", "");
  return (
    <footer className="flex h-7 shrink-0 items-center gap-4 border-t bg-bg px-3 text-sm text-soft">
      <SavedState />
      <Undecided />
      <span className="flex min-w-0 items-center gap-0.5">
        <IconButton className="size-5" label={undoLabel ? t("Undo: {{label}}", { label: plain(undoLabel) }) : t("Nothing to undo")} disabled={undoLabel === null} onClick={undo}>
          <Undo2 className="size-3.5" aria-hidden />
        </IconButton>
        <IconButton className="size-5" label={redoLabel ? t("Redo: {{label}}", { label: plain(redoLabel) }) : t("Nothing to redo")} disabled={redoLabel === null} onClick={redo}>
          <Redo2 className="size-3.5" aria-hidden />
        </IconButton>
        <span className="truncate text-muted">{undoLabel ? plain(undoLabel) : ""}</span>
      </span>
      <button type="button" className="ms-auto flex shrink-0 items-center gap-1 hover:text-text" onClick={() => goTo("publish")}>
        <Radio className="size-3.5" aria-hidden />
        {release ? (
          <span>
            local <span className="font-mono text-xs">{short(release)}</span>
          </span>
        ) : (
          t("not published to local")
        )}
      </button>
      <button
        type="button"
        aria-expanded={open}
        className="flex shrink-0 items-center gap-1.5 hover:text-text"
        title={t("Problems panel (Ctrl J)")}
        onClick={() => preferences.setState({ problemsOpen: !open })}
      >
        <CircleAlert className={`size-3.5 ${errors > 0 ? "text-danger" : ""}`} aria-hidden />
        <span>{t("{{count}} errors", { count: errors })}</span>
        <TriangleAlert className={`size-3.5 ${warnings > 0 ? "text-warn" : ""}`} aria-hidden />
        <span>{t("{{count}} warnings", { count: warnings })}</span>
        <PanelBottom className="size-3.5" aria-hidden />
      </button>
    </footer>
  );
}
