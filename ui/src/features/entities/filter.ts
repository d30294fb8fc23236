import type { Entity } from "@/model/workspace";

/** Whether an entity, or a field of it, goes by what was typed. */
export function matches(entity: Entity, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  if (wanted === "") return true;
  return [entity.name, entity.label ?? "", ...entity.fields.map((field) => field.name)].some((name) => name.toLowerCase().includes(wanted));
}
