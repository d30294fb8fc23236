/** New documents and members, and the edits of common gestures. Ids are drawn here and never change afterwards. */
import type { Document } from "@/contract/Document";
import type { Edit } from "@/contract/Edit";
import type { FieldDoc } from "@/contract/FieldDoc";
import type { Position } from "@/contract/Position";
import type { Documents } from "./draft";
import { DIAGRAM, type Entity, diagramOf, entitiesOf, freeName } from "./workspace";

export type Prefix = "ent" | "fld" | "unq" | "idx" | "rul" | "pol" | "rol";

export function newId(prefix: Prefix): string {
  return `${prefix}_${crypto.randomUUID().replaceAll("-", "")}`;
}

export const fieldTypes = [
  "string",
  "text",
  "integer",
  "bigint",
  "number",
  "decimal",
  "boolean",
  "date",
  "time",
  "datetime",
  "duration",
  "uuid",
  "enum",
  "reference",
  "json",
  "bytes",
] as const;

/** Types that only newer parts of the product can store; shown when a document has them, not offered. */
export const laterTypes = ["object", "list", "attachment"] as const;

const keysByType: Record<string, readonly (keyof FieldDoc)[]> = {
  string: ["minLength", "maxLength", "pattern", "format"],
  text: ["minLength", "maxLength", "pattern"],
  integer: ["min", "max"],
  bigint: ["min", "max"],
  number: ["min", "max"],
  decimal: ["precision", "scale", "min", "max"],
  date: ["min", "max"],
  time: ["min", "max"],
  datetime: ["min", "max"],
  duration: ["min", "max"],
  bytes: ["minLength", "maxLength"],
  enum: ["enumValues"],
  reference: ["referenceTo", "onDelete"],
};

const typed: readonly (keyof FieldDoc)[] = [
  "minLength",
  "maxLength",
  "min",
  "max",
  "pattern",
  "format",
  "precision",
  "scale",
  "enumValues",
  "referenceTo",
  "onDelete",
  "default",
];

/** The keys that a field of this type may have besides the common ones. */
export const keysOf = (type: string): readonly (keyof FieldDoc)[] => keysByType[type] ?? [];

export function setKey(document: string, path: readonly string[], value: unknown): Edit {
  const edit: Edit = { op: "set", document, path: [...path] };
  if (value !== undefined) edit.value = value;
  return edit;
}

/** Sets one key of a field; undefined takes it away. */
export const setField = (entity: string, field: string, key: keyof FieldDoc, value: unknown): Edit =>
  setKey(entity, ["fields", field, key], value);

/** A field's type with all that belongs to it: keys of the old type go, those the new type cannot do without come. */
export function changeType(entity: Entity, field: FieldDoc, type: string, firstEntity: string): Edit[] {
  const keep = new Set(keysOf(type));
  const edits = typed
    .filter((key) => field[key] !== undefined && !keep.has(key))
    .map((key) => setField(entity.id, field.id, key, undefined));
  edits.push(setField(entity.id, field.id, "type", type));
  if (type === "enum" && field.enumValues === undefined)
    edits.push(setField(entity.id, field.id, "enumValues", ["first", "second"]));
  if (type === "reference" && field.referenceTo === undefined)
    edits.push(setField(entity.id, field.id, "referenceTo", firstEntity));
  if (type === "decimal" && field.precision === undefined)
    edits.push(setField(entity.id, field.id, "precision", 12), setField(entity.id, field.id, "scale", 2));
  return edits;
}

export function newField(entity: Entity): FieldDoc {
  return { id: newId("fld"), name: freeName("field", entity.fields.map((field) => field.name)), type: "string" };
}

export function newEntity(documents: Documents): Entity {
  const name = freeName("Entity", entitiesOf(documents).map((entity) => entity.name));
  return {
    kind: "entity",
    format: 1,
    id: newId("ent"),
    name,
    class: "master",
    identity: { type: "uuid" },
    storage: { binding: "managed" },
    fields: [{ id: newId("fld"), name: "name", type: "string", required: true, maxLength: 200 }],
    indexes: [],
    rules: [],
    policies: [],
    views: {},
  };
}

/** Adds an entity where it was asked for. */
export function addEntityEdits(documents: Documents, entity: Entity, at: { x: number; y: number } | null): Edit[] {
  const edits: Edit[] = [{ op: "addDocument", document: entity as Document }];
  if (at) edits.push(...moveEdits(documents, [{ id: entity.id, ...at }]));
  return edits;
}

/** Puts entities where they were dragged. */
export function moveEdits(documents: Documents, moved: readonly Position[]): Edit[] {
  const diagram = diagramOf(documents);
  const round = (position: Position): Position => ({ id: position.id, x: Math.round(position.x), y: Math.round(position.y) });
  if (!diagram) return [addDiagram(moved.map(round))];
  const known = new Set(diagram.positions.map((position) => position.id));
  return moved.map(round).flatMap((position): Edit[] =>
    known.has(position.id)
      ? [
          setKey(DIAGRAM, ["positions", position.id, "x"], position.x),
          setKey(DIAGRAM, ["positions", position.id, "y"], position.y),
        ]
      : [{ op: "add", document: DIAGRAM, path: ["positions"], value: { ...position } }],
  );
}

/** Puts everything somewhere, in one edit. */
export function layoutEdits(documents: Documents, positions: readonly Position[]): Edit[] {
  return diagramOf(documents) ? [setKey(DIAGRAM, ["positions"], positions)] : [addDiagram(positions)];
}

function addDiagram(positions: readonly Position[]): Edit {
  return {
    op: "addDocument",
    document: { kind: "diagram", format: 1, id: DIAGRAM, name: "Main", positions: [...positions], areas: [], notes: [] },
  };
}

/** Removes entities, with where they stood. References to them stay and are shown as findings. */
export function removeEntitiesEdits(documents: Documents, ids: readonly string[]): Edit[] {
  const standing = new Set(diagramOf(documents)?.positions.map((position) => position.id));
  return ids.flatMap((id): Edit[] => {
    const edits: Edit[] = [{ op: "removeDocument", document: id }];
    if (standing.has(id)) edits.push({ op: "remove", document: DIAGRAM, path: ["positions", id] });
    return edits;
  });
}

/** Removes a field, and its name from the keys, indexes and rules that list it; a key without fields goes too. */
export function removeFieldEdits(entity: Entity, field: FieldDoc): Edit[] {
  const edits: Edit[] = [];
  const lists = [
    ["uniques", "fields", entity.uniques ?? []],
    ["indexes", "fields", entity.indexes],
    ["rules", "require", entity.rules],
  ] as const;
  for (const [list, key, members] of lists) {
    for (const member of members) {
      const names = (member as unknown as Record<string, readonly string[]>)[key] ?? [];
      if (!names.includes(field.name)) continue;
      const rest = names.filter((name) => name !== field.name);
      if (rest.length === 0) edits.push({ op: "remove", document: entity.id, path: [list, member.id] });
      else edits.push(setKey(entity.id, [list, member.id, key], rest));
    }
  }
  edits.push({ op: "remove", document: entity.id, path: ["fields", field.id] });
  return edits;
}
