/**
 * Edits: the one way a document changes. This is the twin of `crates/maq-doc/src/edit.rs`: same refusals, same
 * inverses; `tests/fixtures/edits.json` tests both. Nothing is changed in place: what an edit does not touch stays
 * the same object, so that a view of it need not be drawn again.
 */
import type { Edit } from "@/contract/Edit";

export type Json = unknown;
type JsonObject = { readonly [key: string]: Json };
export type DocumentsJson = Readonly<Record<string, Json>>;

/** An edit that does not fit the documents it was made for. */
export class EditRefused extends Error {
  override name = "EditRefused";
}

const refuse = (message: string) => new EditRefused(message);
const noPlace = (document: string, path: readonly string[]) =>
  refuse(`no \`${path.join("/")}\` in document \`${document}\``);

const isObject = (value: Json): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
const idOf = (value: Json): string | undefined =>
  isObject(value) && typeof value.id === "string" ? value.id : undefined;
const has = (object: object, key: string) => Object.prototype.hasOwnProperty.call(object, key);

export interface Applied {
  documents: DocumentsJson;
  inverse: Edit;
}

/** Applies an edit; throws `EditRefused` when it does not fit. */
export function apply(documents: DocumentsJson, edit: Edit): Applied {
  switch (edit.op) {
    case "addDocument": {
      const id = idOf(edit.document);
      if (id === undefined) throw refuse("a document needs an `id`");
      if (has(documents, id)) throw refuse(`document \`${id}\` is there already`);
      return { documents: { ...documents, [id]: edit.document }, inverse: { op: "removeDocument", document: id } };
    }
    case "removeDocument": {
      if (!has(documents, edit.document)) throw refuse(`no document \`${edit.document}\``);
      const { [edit.document]: removed, ...rest } = documents;
      return { documents: rest, inverse: { op: "addDocument", document: removed as never } };
    }
    case "add":
      return add(documents, edit);
    case "remove": {
      const { list, at, listPath } = memberAt(documents, edit.document, edit.path);
      const before = idOf(list[at + 1]);
      const rest = list.filter((_, index) => index !== at);
      return {
        documents: put(documents, edit.document, listPath, rest),
        inverse: { op: "add", document: edit.document, path: listPath, value: list[at] as never, ...optional(before) },
      };
    }
    case "set":
      return set(documents, edit);
    case "move": {
      const { list, at, listPath } = memberAt(documents, edit.document, edit.path);
      const id = edit.path[edit.path.length - 1];
      if (edit.before !== undefined && edit.before === id) throw refuse("a member cannot go before itself");
      const oldNext = idOf(list[at + 1]);
      const rest = list.filter((_, index) => index !== at);
      const to = placeBefore(rest, edit.before, edit.document, listPath);
      return {
        documents: put(documents, edit.document, listPath, [...rest.slice(0, to), list[at], ...rest.slice(to)]),
        inverse: { op: "move", document: edit.document, path: edit.path, ...optional(oldNext) },
      };
    }
  }
}

/** Applies all edits or none; the inverse group is already in the order in which to apply it. */
export function applyAll(documents: DocumentsJson, edits: readonly Edit[]): { documents: DocumentsJson; inverse: Edit[] } {
  const inverse: Edit[] = [];
  let current = documents;
  for (const edit of edits) {
    const applied = apply(current, edit);
    current = applied.documents;
    inverse.unshift(applied.inverse);
  }
  return { documents: current, inverse };
}

function add(documents: DocumentsJson, edit: Extract<Edit, { op: "add" }>): Applied {
  const id = idOf(edit.value);
  if (id === undefined) throw refuse("a member needs an `id`");
  const key = edit.path[edit.path.length - 1];
  if (key === undefined) throw refuse("a path must name a list");
  const parent = objectAt(documents, edit.document, edit.path.slice(0, -1));
  if (!has(parent, key)) {
    // Optional lists are left out of the written form; the inverse takes the key away again.
    placeBefore([], edit.before, edit.document, edit.path);
    return set(documents, { op: "set", document: edit.document, path: edit.path, value: [edit.value] });
  }
  const list = parent[key];
  if (!isList(list)) throw noPlace(edit.document, edit.path);
  if (list.some((member) => idOf(member) === id)) throw refuse(`\`${id}\` is there already`);
  const at = placeBefore(list, edit.before, edit.document, edit.path);
  return {
    documents: put(documents, edit.document, edit.path, [...list.slice(0, at), edit.value, ...list.slice(at)]),
    inverse: { op: "remove", document: edit.document, path: [...edit.path, id] },
  };
}

function set(documents: DocumentsJson, edit: Extract<Edit, { op: "set" }>): Applied {
  const key = edit.path[edit.path.length - 1];
  if (key === undefined) throw refuse("a path must name a key");
  const ofDocument = edit.path.length === 1 && (key === "kind" || key === "format");
  if (key === "id" || ofDocument) throw refuse("`id`, `kind` and `format` never change");
  const parentPath = edit.path.slice(0, -1);
  const object = objectAt(documents, edit.document, parentPath);
  // JSON has no undefined: an absent value takes the key away, null is a value.
  const wanted = edit.value !== undefined;
  const inverse: Edit = { op: "set", document: edit.document, path: edit.path };
  if (has(object, key)) inverse.value = object[key];
  let next: JsonObject;
  if (wanted) next = { ...object, [key]: edit.value };
  else {
    const { [key]: _gone, ...rest } = object;
    next = rest;
  }
  return { documents: put(documents, edit.document, parentPath, next), inverse };
}

const optional = (before: string | undefined) => (before === undefined ? {} : { before });

function step(value: Json, part: string): Json {
  if (isList(value)) return value.find((member) => idOf(member) === part);
  if (isObject(value) && has(value, part)) return value[part];
  return undefined;
}

function valueAt(documents: DocumentsJson, document: string, path: readonly string[]): Json {
  if (!has(documents, document)) throw refuse(`no document \`${document}\``);
  let value = documents[document];
  for (const part of path) {
    value = step(value, part);
    if (value === undefined) throw noPlace(document, path);
  }
  return value;
}

function objectAt(documents: DocumentsJson, document: string, path: readonly string[]): JsonObject {
  const value = valueAt(documents, document, path);
  if (!isObject(value)) throw noPlace(document, path);
  return value;
}

function memberAt(documents: DocumentsJson, document: string, path: readonly string[]) {
  const id = path[path.length - 1];
  if (id === undefined) throw refuse("a path must name a member");
  const listPath = path.slice(0, -1);
  const list = valueAt(documents, document, listPath);
  if (!isList(list)) throw noPlace(document, path);
  const at = list.findIndex((member) => idOf(member) === id);
  if (at < 0) throw noPlace(document, path);
  return { list, at, listPath };
}

function placeBefore(list: readonly Json[], before: string | undefined, document: string, path: readonly string[]): number {
  if (before === undefined) return list.length;
  const at = list.findIndex((member) => idOf(member) === before);
  if (at < 0) throw noPlace(document, [...path, before]);
  return at;
}

/** The documents with the value at `path` replaced; only what lies on the way is made anew. */
function put(documents: DocumentsJson, document: string, path: readonly string[], value: Json): DocumentsJson {
  return { ...documents, [document]: putInside(documents[document], path, value) };
}

function putInside(parent: Json, path: readonly string[], value: Json): Json {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  if (isList(parent)) return parent.map((member) => (idOf(member) === part ? putInside(member, rest, value) : member));
  const object = parent as JsonObject;
  return { ...object, [part]: putInside(object[part], rest, value) };
}
