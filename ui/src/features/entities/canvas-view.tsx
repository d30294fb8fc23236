/** The model as a diagram: entities as boxes, reference fields as lines. */
import { edit, useDraft, useFindingIndex, usePlace } from "@/api/hooks";
import type { Finding } from "@/contract/Finding";
import { Surface, type SurfaceHandle } from "@/canvas/surface";
import type { Box, Line } from "@/canvas/types";
import { t } from "@/kit/text";
import { moveEdits } from "@/model/make";
import { select, startEditing } from "@/model/place";
import { entityOf, type FindingIndex, relationsOf, worst } from "@/model/workspace";
import { draft } from "@/api/client";
import { useEffect, useMemo, useRef, useState } from "react";
import { addEntity, autoLayout, deleteSelection } from "./actions";
import { Card, type CardData } from "./card";
import { cardSize, rowOffset } from "./card-size";
import { matches } from "./filter";
import { needsLayout, placed, type Placed } from "./placement";
import { RelationDialog } from "./relation-dialog";

const nodeTypes = { box: Card };

export function CanvasView({ search, theme, onReady }: { search: string; theme: string; onReady: (handle: SurfaceHandle) => void }) {
  const documents = useDraft((state) => state.documents);
  const viewKey = useDraft((state) => `maquette.view.${state.location}`);
  const findings = useFindingIndex();
  const selected = usePlace((where) => where.entities);
  const field = usePlace((where) => where.field);
  const token = usePlace((where) => where.reveal);
  const [relating, setRelating] = useState<{ from: string; to: string } | null>(null);

  const places = useMemo(() => placed(documents), [documents]);
  useFirstLayout(needsLayout(documents), places.length);
  const boxes = useBoxes(places, findings, search, field);
  const lines = useLines();
  const reveal = useMemo(() => ({ ids: selected.length > 0 ? selected : boxes.map((box) => box.id), token }), [selected, token, boxes]);

  return (
    <>
      <Surface<CardData>
        boxes={boxes}
        lines={lines}
        nodeTypes={nodeTypes}
        selected={selected}
        label={t("Entity diagram. Arrow keys select, Enter edits, Alt and arrow keys move, Delete removes.")}
        viewKey={viewKey}
        theme={theme}
        reveal={reveal}
        onSelect={select}
        onMove={(moved) => {
          const real = moved.filter(({ id, x, y }) => places.some((at) => at.entity.id === id && (Math.round(at.x) !== Math.round(x) || Math.round(at.y) !== Math.round(y))));
          if (real.length > 0) edit(t("Move {{count}} entities", { count: real.length }), moveEdits(draft.get().documents, real));
        }}
        onConnect={(from, to) => setRelating({ from, to })}
        onAdd={(at) => addEntity(at)}
        onOpen={(id) => {
          select([id]);
          startEditing();
        }}
        onOpenLine={(id) => {
          const [entity, fieldId] = id.split("/");
          if (entity && fieldId && entityOf(documents, entity)) select([entity], fieldId);
        }}
        onDelete={deleteSelection}
        onReady={onReady}
      />
      {relating ? <RelationDialog {...relating} onClose={() => setRelating(null)} /> : null}
    </>
  );
}

/** How many entities there were when they were last laid out unasked. */
let laidOut = 0;

/**
 * After an import nothing has a place yet: lay out once, as a step of its own. Not again for the same entities, and not
 * where something can be redone: a person who took the layout back wants it so.
 */
function useFirstLayout(needed: boolean, entities: number) {
  useEffect(() => {
    if (!needed || laidOut === entities || draft.get().redo !== null) return;
    laidOut = entities;
    void autoLayout();
  }, [needed, entities]);
}

/** Boxes for the surface; one that did not change stays the same object and is not drawn again. */
function useBoxes(places: readonly Placed[], findings: FindingIndex, search: string, chosenField: string | null): readonly Box<CardData>[] {
  const known = useRef(new Map<string, { key: string; placed: Placed; box: Box<CardData> }>());
  return useMemo(() => {
    const next = new Map<string, { key: string; placed: Placed; box: Box<CardData> }>();
    for (const at of places) {
      const { entity } = at;
      const own = findings.of(entity.id);
      const match = search === "" ? null : matches(entity, search) ? "hit" : "miss";
      const field = entity.fields.some((candidate) => candidate.id === chosenField) ? chosenField : null;
      const key = `${at.x} ${at.y} ${match} ${field} ${own.map((finding) => finding.severity + (finding.place.path?.[1] ?? "")).join()}`;
      const old = known.current.get(entity.id);
      next.set(entity.id, old && old.key === key && old.placed.entity === entity ? old : { key, placed: at, box: boxOf(at, own, match, field) });
    }
    known.current = next;
    return [...next.values()].map((entry) => entry.box);
  }, [places, findings, search, chosenField]);
}

function boxOf({ entity, x, y }: Placed, own: readonly Finding[], match: CardData["match"], field: string | null): Box<CardData> {
  const marks = new Map<string, Finding["severity"]>();
  for (const finding of own) {
    const [list, id] = finding.place.path ?? [];
    if (list !== "fields" || id === undefined || finding.severity === "info") continue;
    if (marks.get(id) !== "error") marks.set(id, finding.severity);
  }
  const bad = worst(own);
  return {
    id: entity.id,
    x,
    y,
    ...cardSize(entity),
    title: entity.name,
    description: [entity.name, t("{{count}} fields", { count: entity.fields.length }), own.length > 0 ? t("{{count}} problems", { count: own.length }) : ""].filter(Boolean).join(", "),
    mark: bad === "info" ? null : bad,
    data: { entity, worst: bad === "info" ? null : bad, marks, match, field },
  };
}

function useLines(): readonly Line[] {
  const relations = useDraft((state) => relationsOf(state.documents));
  return useMemo(
    () =>
      relations.map(({ id, from, to, field }): Line => ({
        id,
        source: from.id,
        target: to.id,
        offset: rowOffset(from, field.id),
        label: field.name,
        many: field.unique !== true,
        optional: field.required !== true,
      })),
    [relations],
  );
}
