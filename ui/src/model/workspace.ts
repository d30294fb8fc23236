/** Questions about the draft documents: entities, relations, free names. Answers are remembered per document set. */
import type { DiagramDoc } from "@/contract/DiagramDoc";
import type { Document } from "@/contract/Document";
import type { EntityDoc } from "@/contract/EntityDoc";
import type { FieldDoc } from "@/contract/FieldDoc";
import type { Finding } from "@/contract/Finding";
import type { RoleDoc } from "@/contract/RoleDoc";
import type { Documents } from "./draft";

/** The diagram that holds where entities stand on the main canvas. */
export const DIAGRAM = "dia_main";

export type Entity = { kind: "entity" } & EntityDoc;
export type Role = { kind: "role" } & RoleDoc;

const isEntity = (document: Document | undefined): document is Entity => document?.kind === "entity";

function remembered<T>(ask: (documents: Documents) => T): (documents: Documents) => T {
  const answers = new WeakMap<Documents, { answer: T }>();
  return (documents) => {
    let known = answers.get(documents);
    if (!known) answers.set(documents, (known = { answer: ask(documents) }));
    return known.answer;
  };
}

/** All entities, by name. */
export const entitiesOf = remembered((documents): readonly Entity[] =>
  Object.values(documents)
    .filter(isEntity)
    .sort((left, right) => left.name.localeCompare(right.name, "en")),
);

/** All roles, by name. */
export const rolesOf = remembered((documents): readonly Role[] =>
  Object.values(documents)
    .filter((document): document is Role => document.kind === "role")
    .sort((left, right) => left.name.localeCompare(right.name, "en")),
);

export const entitiesByName = remembered(
  (documents) => new Map(entitiesOf(documents).map((entity) => [entity.name, entity])),
);

export function entityOf(documents: Documents, id: string | undefined): Entity | undefined {
  const document = id === undefined ? undefined : documents[id];
  return isEntity(document) ? document : undefined;
}

export function diagramOf(documents: Documents): DiagramDoc | undefined {
  const document = documents[DIAGRAM];
  return document?.kind === "diagram" ? document : undefined;
}

/** A reference field as a line between two entities. */
export interface Relation {
  id: string;
  from: Entity;
  to: Entity;
  field: FieldDoc;
}

export const relationsOf = remembered((documents): readonly Relation[] => {
  const byName = entitiesByName(documents);
  return entitiesOf(documents).flatMap((from) =>
    from.fields.flatMap((field) => {
      const to = field.type === "reference" && field.referenceTo ? byName.get(field.referenceTo) : undefined;
      return to ? [{ id: `${from.id}/${field.id}`, from, to, field }] : [];
    }),
  );
});

/** Whether an entity is asked for by others, and by which fields. */
export function referrersOf(documents: Documents, entity: Entity): readonly Relation[] {
  return relationsOf(documents).filter((relation) => relation.to.id === entity.id);
}

/** `Order`, `Order2`, `Order3`: the first that is free. Names that differ by case only count as taken. */
export function freeName(wanted: string, taken: Iterable<string>): string {
  const used = new Set([...taken].map((name) => name.toLowerCase()));
  if (!used.has(wanted.toLowerCase())) return wanted;
  for (let number = 2; ; number++) {
    const name = `${wanted}${number}`;
    if (!used.has(name.toLowerCase())) return name;
  }
}

/** Findings by document, and of those with a path by their first two parts (`fields/fld_…`). */
export interface FindingIndex {
  of(document: string): readonly Finding[];
  at(document: string, list: string, id: string): readonly Finding[];
}

const indexes = new WeakMap<readonly Finding[], FindingIndex>();
const none: readonly Finding[] = [];

export function findingIndex(findings: readonly Finding[]): FindingIndex {
  const known = indexes.get(findings);
  if (known) return known;
  const places = new Map<string, Finding[]>();
  const put = (key: string, finding: Finding) => {
    const list = places.get(key);
    if (list) list.push(finding);
    else places.set(key, [finding]);
  };
  for (const finding of findings) {
    const { document, path } = finding.place;
    put(document, finding);
    if (path && path.length >= 2) put(`${document}/${path[0]}/${path[1]}`, finding);
  }
  const index: FindingIndex = {
    of: (document) => places.get(document) ?? none,
    at: (document, list, id) => places.get(`${document}/${list}/${id}`) ?? none,
  };
  indexes.set(findings, index);
  return index;
}

/** The worst severity among findings; null when there are none. */
export function worst(findings: readonly Finding[]): Finding["severity"] | null {
  if (findings.some((finding) => finding.severity === "error")) return "error";
  if (findings.some((finding) => finding.severity === "warning")) return "warning";
  return findings.length > 0 ? "info" : null;
}
