/** The model: canvas or list in the middle, inspector on the right. */
import { draft } from "@/api/client";
import { useDraft, usePlace } from "@/api/hooks";
import type { SurfaceHandle } from "@/canvas/surface";
import { Button, IconButton } from "@/kit/button";
import { Input } from "@/kit/input";
import { Tabs } from "@/kit/layout";
import { t } from "@/kit/text";
import { jumpTo } from "@/model/place";
import { entitiesOf } from "@/model/workspace";
import { Maximize, Minus, Network, Plus, Rows3, Search, Workflow, ZoomIn } from "lucide-react";
import { useCallback, useDeferredValue, useRef, useState } from "react";
import { addEntity, autoLayout } from "./actions";
import { CanvasView } from "./canvas-view";
import { matches } from "./filter";
import { Inspector } from "./inspector";
import { ListView } from "./list-view";
import { Start } from "./start";

type View = "canvas" | "list";
let lastView: View = "canvas";

export function ModelScreen({ theme }: { theme: string }) {
  const empty = useDraft((state) => entitiesOf(state.documents).length === 0);
  const total = useDraft((state) => entitiesOf(state.documents).length);
  const narrow = usePlace((where) => where.entities.length === 0);
  const [view, setView] = useState<View>(lastView);
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim());
  const [busy, setBusy] = useState(false);
  const surface = useRef<SurfaceHandle | null>(null);
  const onReady = useCallback((handle: SurfaceHandle) => {
    surface.current = handle;
  }, []);
  if (empty) return <Start />;
  const show = (next: View) => {
    lastView = next;
    setView(next);
  };
  const jump = () => {
    const hit = entitiesOf(draft.get().documents).find((entity) => matches(entity, typed));
    if (hit) jumpTo(hit.id);
  };
  return (
    <div className="flex h-full min-w-0">
      <section aria-label={t("Model")} className="flex min-w-0 flex-1 flex-col">
        <div role="toolbar" aria-label={t("Model tools")} className="flex h-11 shrink-0 items-center gap-2 border-b bg-surface px-3">
          <h1 className="sr-only">{t("Model")}</h1>
          <Tabs
            label={t("View")}
            chosen={view}
            onChoose={show}
            tabs={[
              { key: "canvas", label: t("Canvas"), icon: <Network className="size-3.5" aria-hidden /> },
              { key: "list", label: t("List"), icon: <Rows3 className="size-3.5" aria-hidden /> },
            ]}
          />
          <div className="relative w-52">
            <Search className="pointer-events-none absolute start-2 top-1.75 size-3.5 text-muted" aria-hidden />
            <Input
              type="search"
              aria-label={t("Find entity or field")}
              placeholder={t("Find entity or field")}
              className="ps-7"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === "Enter") jump();
                if (event.key === "Escape") setTyped("");
              }}
            />
          </div>
          <span className="truncate text-sm text-muted">{t("{{count}} entities", { count: total })}</span>
          <div className="ms-auto flex items-center gap-1">
            {view === "canvas" ? (
              <>
                <Button
                  tone="quiet"
                  disabled={busy}
                  icon={<Workflow className="size-3.5" aria-hidden />}
                  onClick={() => {
                    setBusy(true);
                    void autoLayout().finally(() => setBusy(false));
                  }}
                >
                  {busy ? t("Laying out…") : t("Lay out")}
                </Button>
                <IconButton label={t("Zoom out")} onClick={() => surface.current?.zoomOut()}>
                  <Minus className="size-4" aria-hidden />
                </IconButton>
                <IconButton label={t("Zoom in")} onClick={() => surface.current?.zoomIn()}>
                  <ZoomIn className="size-4" aria-hidden />
                </IconButton>
                <IconButton label={t("Show everything")} onClick={() => surface.current?.fit()}>
                  <Maximize className="size-4" aria-hidden />
                </IconButton>
              </>
            ) : null}
            <Button tone="primary" icon={<Plus className="size-3.5" aria-hidden />} onClick={() => addEntity(view === "canvas" ? surface.current?.centre() : undefined, true)}>
              {t("Entity")}
            </Button>
          </div>
        </div>
        <div className="relative min-h-0 flex-1">
          {view === "canvas" ? <CanvasView search={search} theme={theme} onReady={onReady} /> : <ListView search={search} />}
        </div>
      </section>
      <div className={narrow ? "hidden lg:flex" : "flex"}>
        <Inspector />
      </div>
    </div>
  );
}
