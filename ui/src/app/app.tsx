/** The shell: rail, screen, problems panel, status bar, palette. The only place that knows all features. */
import { line } from "@/api/client";
import { useDraft, usePlace } from "@/api/hooks";
import { describe } from "@/api/notices";
import { queue } from "@/api/client";
import { AuditScreen } from "@/features/audit/audit-screen";
import { ModelScreen } from "@/features/entities/model-screen";
import { HistoryScreen } from "@/features/history/history-screen";
import { ImportScreen } from "@/features/import/import-screen";
import { PoliciesScreen } from "@/features/policies/policies-screen";
import { ExplainDialog } from "@/features/problems/explain-dialog";
import { ProblemList } from "@/features/problems/problem-list";
import { ProblemsScreen } from "@/features/problems/problems-screen";
import { PublishScreen } from "@/features/publish/publish-screen";
import { DataScreen } from "@/features/records/data-screen";
import { SettingsScreen } from "@/features/settings/settings-screen";
import { IconButton, Kbd } from "@/kit/button";
import { Failure, Skeleton } from "@/kit/states";
import { t } from "@/kit/text";
import { goTo, type Screen } from "@/model/place";
import { Search, WifiOff, X } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useStore } from "zustand";
import { Boundary } from "./boundary";
import { commands, pressed } from "./commands";
import { ConflictDialog } from "./conflict-dialog";
import { Notices } from "./notices";
import { Palette } from "./palette";
import { Rail } from "./rail";
import { preferences, shownTheme } from "./settings-store";
import { StatusBar } from "./status-bar";

const everything = new Set(["error", "warning", "info"] as const);

export function App() {
  const screen = usePlace((where) => where.screen);
  const status = useDraft((state) => state.status);
  const problem = useDraft((state) => state.problem);
  const [palette, setPalette] = useState(false);
  const panel = useStore(preferences, (state) => state.problemsOpen) && screen !== "problems";
  const theme = useStore(preferences, shownTheme);
  const choice = useStore(preferences, (state) => state.theme);
  useKeys(() => setPalette((open) => !open));
  useTitle();

  const screens: Record<Screen, () => ReactNode> = {
    model: () => <ModelScreen theme={theme} />,
    policies: () => <PoliciesScreen />,
    data: () => <DataScreen />,
    import: () => <ImportScreen />,
    publish: () => <PublishScreen />,
    audit: () => <AuditScreen />,
    history: () => <HistoryScreen />,
    problems: () => <ProblemsScreen />,
    settings: () => <SettingsScreen theme={choice} onTheme={(next) => preferences.setState({ theme: next })} commands={commands} />,
  };
  return (
    <div className="flex h-full flex-col">
      <TitleBar onPalette={() => setPalette(true)} />
      <LineBanner />
      <div className="flex min-h-0 flex-1">
        <Rail />
        <main className="flex min-w-0 flex-1 flex-col">
          <div className="min-h-0 flex-1">
            <Boundary key={screen}>
              {status === "ready" ? screens[screen]() : status === "failed" ? <Failure words={describe(problem)} onRetry={() => void queue.reload()} /> : <Skeleton rows={12} />}
            </Boundary>
          </div>
          {panel ? (
            <section aria-label={t("Problems panel")} className="flex h-52 shrink-0 flex-col border-t bg-surface">
              <header className="flex h-8 items-center justify-between border-b px-3">
                <h2 className="text-sm font-semibold">{t("Problems")}</h2>
                <IconButton className="size-6" label={t("Close problems panel")} onClick={() => preferences.setState({ problemsOpen: false })}>
                  <X className="size-3.5" aria-hidden />
                </IconButton>
              </header>
              <div className="min-h-0 flex-1">
                <ProblemList severities={everything} />
              </div>
            </section>
          ) : null}
        </main>
      </div>
      <StatusBar />
      {palette ? <Palette onClose={() => setPalette(false)} /> : null}
      <ExplainDialog />
      <ConflictDialog />
      <Notices />
    </div>
  );
}

function TitleBar({ onPalette }: { onPalette: () => void }) {
  const name = useDraft((state) => state.name);
  const location = useDraft((state) => state.location);
  return (
    <header className="flex h-9 shrink-0 items-center gap-3 border-b bg-bg px-3">
      <button type="button" className="flex items-center gap-2 font-semibold" onClick={() => goTo("model")} aria-label={t("Maquette, go to model")}>
        <img src="/icon.svg" alt="" className="size-5" />
        Maquette
      </button>
      <span className="truncate text-sm text-soft" title={location}>
        {name}
      </span>
      <button
        type="button"
        onClick={onPalette}
        className="ms-auto flex h-6.5 w-72 items-center gap-2 rounded-md border bg-surface px-2 text-sm text-muted hover:border-line-strong hover:text-text"
      >
        <Search className="size-3.5" aria-hidden />
        {t("Find or do anything")}
        <span className="ms-auto flex gap-0.5">
          <Kbd>Ctrl</Kbd>
          <Kbd>K</Kbd>
        </span>
      </button>
    </header>
  );
}

function LineBanner() {
  const connected = useStore(line, (state) => state.connected);
  if (connected) return null;
  return (
    <div role="alert" className="flex h-8 shrink-0 items-center gap-2 border-b border-danger bg-danger-wash px-3 text-sm text-danger">
      <WifiOff className="size-4" aria-hidden />
      {t("The connection to the workspace is lost. What you change is kept here and saved when it is back; it is tried again by itself.")}
    </div>
  );
}

function useTitle() {
  const name = useDraft((state) => state.name);
  useEffect(() => {
    document.title = name ? `${name} · Maquette` : "Maquette";
  }, [name]);
}

function useKeys(onPalette: () => void) {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (pressed(event, "Ctrl K") || pressed(event, "Ctrl Shift P")) {
        event.preventDefault();
        onPalette();
        return;
      }
      if (document.querySelector("dialog[open]")) return;
      const typing = (event.target as HTMLElement).closest("input, textarea, [contenteditable=true]") !== null;
      for (const command of commands) {
        if (!command.keys || !pressed(event, command.keys)) continue;
        // In a text field these keys belong to the text.
        if (typing && command.id.startsWith("edit.")) return;
        event.preventDefault();
        if (command.enabled?.() !== false) command.run();
        return;
      }
      if (!typing && pressed(event, "Ctrl Y")) commands.find((command) => command.id === "edit.redo")?.run();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  });
}
