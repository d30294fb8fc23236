/** Values of a form as a record's JSON and back. Inputs hold text; a record holds values of the field's type. */
import type { FieldDoc } from "@/contract/FieldDoc";
import type { Finding } from "@/contract/Finding";

export type Typed = Readonly<Record<string, string>>;

/** A stored value as text in an input; null is empty. */
export function textOf(field: FieldDoc, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (field.type === "json" || typeof value === "object") return JSON.stringify(value, null, 2);
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : JSON.stringify(value);
}

/** What was typed, as a value. What does not fit goes as text, and the core says what is wrong with it. */
export function valueOf(field: FieldDoc, text: string): unknown {
  if (text === "") return null;
  switch (field.type) {
    case "integer":
    case "number":
      return Number.isFinite(Number(text)) ? Number(text) : text;
    case "boolean":
      return text === "true";
    case "json":
    case "object":
    case "list":
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return text;
      }
    default:
      return text;
  }
}

/** Only what the person changed. On a create, empty inputs are left out, so that defaults count. */
export function changedValues(fields: readonly FieldDoc[], before: Readonly<Record<string, unknown>> | null, typed: Typed): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    const text = typed[field.name];
    if (text === undefined) continue;
    if (before === null ? text !== "" : text !== textOf(field, before[field.name])) values[field.name] = valueOf(field, text);
  }
  return values;
}

/** The findings about a field: its name is the last name in the place's path. */
export const findingsAt = (findings: readonly Finding[], field: string) =>
  findings.filter((finding) => finding.place.path?.includes(field) === true || finding.params.field === field);
