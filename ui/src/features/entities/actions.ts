/** What can be done to the model from a toolbar, a key or the palette. */
import { draft, queue } from "@/api/client";
import { edit } from "@/api/hooks";
import { notify } from "@/api/notices";
import { layOut } from "@/canvas/layout";
import { t } from "@/kit/text";
import { addEntityEdits, layoutEdits, newEntity, newField, removeEntitiesEdits, removeFieldEdits } from "@/model/make";
import { goTo, jumpTo, place, select, startEditing } from "@/model/place";
import { entitiesOf, entityOf, relationsOf } from "@/model/workspace";
import { cardSize } from "./card-size";
import { freeSpot, nearestFree } from "./placement";

/** Adds an entity: exactly where it was asked for, near the middle of the view, or beside all others. */
export function addEntity(at?: { x: number; y: number }, near = false) {
  const { documents } = draft.get();
  const entity = newEntity(documents);
  const spot = at ? (near ? nearestFree(documents, at) : at) : freeSpot(documents);
  if (!edit(t("Add entity `{{name}}`", { name: entity.name }), addEntityEdits(documents, entity, spot))) return;
  if (at && !near) {
    goTo("model");
    select([entity.id]);
  } else jumpTo(entity.id);
  startEditing();
}

export function addField(entityId: string) {
  const entity = entityOf(draft.get().documents, entityId);
  if (!entity) return;
  const field = newField(entity);
  const done = edit(t("Add field to `{{entity}}`", { entity: entity.name }), [
    { op: "add", document: entity.id, path: ["fields"], value: field },
  ]);
  if (!done) return;
  select([entity.id], field.id);
  startEditing();
}

export function removeField(entityId: string, fieldId: string) {
  const entity = entityOf(draft.get().documents, entityId);
  const field = entity?.fields.find((candidate) => candidate.id === fieldId);
  if (!entity || !field) return;
  if (edit(t("Remove field `{{field}}`", { field: field.name }), removeFieldEdits(entity, field))) select([entity.id]);
}

export function deleteEntities(ids: readonly string[]) {
  const { documents } = draft.get();
  const known = ids.filter((id) => entityOf(documents, id));
  if (known.length === 0) return;
  const name = known.length === 1 ? entityOf(documents, known[0])?.name : undefined;
  const label = name ? t("Delete entity `{{name}}`", { name }) : t("Delete {{count}} entities", { count: known.length });
  if (edit(label, removeEntitiesEdits(documents, known))) {
    select([]);
    notify.done(label.replaceAll("`", ""), {
      label: t("Undo"),
      run: () => void queue.undo().catch(() => undefined),
    });
  }
}

export function deleteSelection() {
  const { entities, field } = place.getState();
  if (field && entities[0]) removeField(entities[0], field);
  else deleteEntities(entities);
}

/** Lays everything out, as one step that can be undone. */
export async function autoLayout(): Promise<void> {
  const { documents } = draft.get();
  const boxes = entitiesOf(documents).map((entity) => ({ id: entity.id, ...cardSize(entity) }));
  if (boxes.length === 0) return;
  const lines = relationsOf(documents).map(({ id, from, to }) => ({ id, source: from.id, target: to.id }));
  try {
    const positions = await layOut(boxes, lines);
    const now = draft.get().documents;
    edit(t("Lay out the diagram"), layoutEdits(now, positions.filter((position) => entityOf(now, position.id))));
    place.setState((old) => ({ reveal: old.reveal + 1 }));
  } catch (error) {
    notify.failure(error, t("The diagram could not be laid out"));
  }
}
