/** How large a card is. Known without drawing it, so that layout and far view need no screen. */
import type { Entity } from "@/model/workspace";

export const CARD_WIDTH = 232;
export const HEADER_HEIGHT = 34;
export const ROW_HEIGHT = 22;
/** More fields than this are counted on the card and listed in the inspector. */
export const MAX_ROWS = 14;

export function shownFields(entity: Entity) {
  if (entity.fields.length <= MAX_ROWS) return entity.fields;
  // References first in line: their lines must start somewhere.
  const references = entity.fields.filter((field) => field.type === "reference");
  const room = new Set([...references, ...entity.fields].slice(0, MAX_ROWS - 1));
  return entity.fields.filter((field) => room.has(field));
}

/** Rows on the card: the key, the fields, and the count of those left out. */
export function cardSize(entity: Entity): { width: number; height: number } {
  const shown = shownFields(entity).length;
  const rows = 1 + shown + (shown < entity.fields.length ? 1 : 0);
  return { width: CARD_WIDTH, height: HEADER_HEIGHT + rows * ROW_HEIGHT + 7 };
}

/** Where a field's row stands, from the card's top. */
export function rowOffset(entity: Entity, fieldId: string): number {
  const at = shownFields(entity).findIndex((field) => field.id === fieldId);
  return at < 0 ? HEADER_HEIGHT / 2 : HEADER_HEIGHT + 3 + (at + 1.5) * ROW_HEIGHT;
}
