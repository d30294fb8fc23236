/** Where entities stand: from the diagram, or somewhere free until they have been placed. */
import type { Documents } from "@/model/draft";
import { diagramOf, entitiesByName, entitiesOf, type Entity } from "@/model/workspace";
import { CARD_WIDTH, cardSize } from "./card-size";

const GAP = 48;
/** Room for a card with a few fields. */
const NEW_HEIGHT = 120;

export interface Placed {
  entity: Entity;
  x: number;
  y: number;
}

/** Up to so many entities without a place find one beside those they refer to. */
const FEW = 20;

/**
 * Every entity with its place. Of those without one, a few stand near what they refer to; many stand in rows below the
 * others. A place found here is not stored: it stays the same while the others do.
 */
export function placed(documents: Documents): Placed[] {
  const known = new Map(diagramOf(documents)?.positions.map((position) => [position.id, position]));
  const all = entitiesOf(documents);
  const standing = new Map<string, Placed>();
  for (const entity of all) {
    const at = known.get(entity.id);
    if (at) standing.set(entity.id, { entity, x: at.x, y: at.y });
  }
  const waiting = all.filter((entity) => !standing.has(entity.id));
  if (waiting.length <= FEW) for (const entity of waiting) standBeside(documents, entity, standing);
  let [x, y, tallest] = [0, bottomOf(standing), 0];
  for (const entity of waiting) {
    if (standing.has(entity.id)) continue;
    standing.set(entity.id, { entity, x, y });
    tallest = Math.max(tallest, cardSize(entity).height);
    x += CARD_WIDTH + GAP;
    if (x > 6 * (CARD_WIDTH + GAP)) [x, y, tallest] = [0, y + tallest + GAP, 0];
  }
  return all.flatMap((entity) => standing.get(entity.id) ?? []);
}

function standBeside(documents: Documents, entity: Entity, standing: Map<string, Placed>) {
  const byName = entitiesByName(documents);
  const near = entity.fields.flatMap((field) => {
    const target = field.referenceTo === undefined ? undefined : byName.get(field.referenceTo);
    return (target && standing.get(target.id)) ?? [];
  });
  if (near.length === 0) return;
  const middle = (pick: (at: Placed) => number) => near.reduce((sum, at) => sum + pick(at), 0) / near.length;
  const spot = freeAround([...standing.values()], { x: middle((at) => at.x), y: middle((at) => at.y) }, cardSize(entity).height);
  if (spot) standing.set(entity.id, { entity, ...spot });
}

function bottomOf(standing: ReadonlyMap<string, Placed>): number {
  let bottom = 0;
  for (const { entity, y } of standing.values()) bottom = Math.max(bottom, y + cardSize(entity).height + GAP);
  return bottom;
}

/** A place to the right of everything, for an entity that was not put anywhere. */
export function freeSpot(documents: Documents): { x: number; y: number } {
  const all = placed(documents);
  if (all.length === 0) return { x: 0, y: 0 };
  const right = Math.max(...all.map(({ x }) => x));
  const top = Math.min(...all.filter(({ x }) => x === right).map(({ y }) => y));
  return { x: right + CARD_WIDTH + GAP, y: top };
}

/** The place nearest to `at` where a new card covers no other. */
export function nearestFree(documents: Documents, at: { x: number; y: number }): { x: number; y: number } {
  return freeAround(placed(documents), at, NEW_HEIGHT) ?? freeSpot(documents);
}

function freeAround(all: readonly Placed[], at: { x: number; y: number }, height: number): { x: number; y: number } | null {
  const boxes = all.map(({ entity, x, y }) => ({ x, y, ...cardSize(entity) }));
  const room = GAP / 2;
  const free = (x: number, y: number) =>
    !boxes.some((box) => x < box.x + box.width + room && x + CARD_WIDTH + room > box.x && y < box.y + box.height + room && y + height + room > box.y);
  for (let ring = 0; ring < 60; ring++) {
    const steps = Math.max(1, ring * 8);
    for (let step = 0; step < steps; step++) {
      const angle = (step / steps) * 2 * Math.PI;
      const spot = { x: Math.round(at.x + Math.cos(angle) * ring * 56), y: Math.round(at.y + Math.sin(angle) * ring * 40) };
      if (free(spot.x, spot.y)) return spot;
    }
  }
  return null;
}

/** True while nothing was ever placed, as after an import. */
export function needsLayout(documents: Documents): boolean {
  const positions = diagramOf(documents)?.positions ?? [];
  const known = new Set(positions.map((position) => position.id));
  const all = entitiesOf(documents);
  return all.length > 1 && !all.some((entity) => known.has(entity.id));
}
