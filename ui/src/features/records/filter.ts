/** What a person types over a column, as a filter of the data API. */
import type { FieldDoc } from "@/contract/FieldDoc";

type Condition = Record<string, unknown> | string | number | boolean;

const signs: readonly [string, string][] = [
  [">=", "gte"],
  ["<=", "lte"],
  ["!=", "ne"],
  [">", "gt"],
  ["<", "lt"],
  ["=", "eq"],
  ["!", "ne"],
];

/** `null` where nothing, or nothing usable, was typed. */
export function conditionOf(field: Pick<FieldDoc, "type">, typed: string): Condition | null {
  const text = typed.trim();
  if (text === "") return null;
  if (text.toLowerCase() === "empty") return { isNull: true };
  if (text.toLowerCase() === "!empty") return { isNull: false };
  const sign = signs.find(([prefix]) => text.startsWith(prefix));
  const rest = sign ? text.slice(sign[0].length).trim() : text;
  if (rest === "") return null;
  if (!sign && rest.includes("|")) {
    const values = rest.split("|").map((part) => valueIn(field.type, part.trim()));
    return values.includes(null) ? null : { in: values };
  }
  if (!sign && (field.type === "string" || field.type === "text")) {
    return rest.endsWith("*") ? { startsWith: rest.slice(0, -1) } : { contains: rest };
  }
  const value = valueIn(field.type, rest);
  return value === null ? null : { [sign?.[1] ?? "eq"]: value };
}

function valueIn(type: string, text: string): string | number | boolean | null {
  if (type === "integer" || type === "number") return Number.isFinite(Number(text)) ? Number(text) : null;
  if (type === "boolean") return /^(true|yes|1)$/i.test(text) ? true : /^(false|no|0)$/i.test(text) ? false : null;
  return text;
}

export function filterOf(fields: readonly FieldDoc[], typed: Readonly<Record<string, string>>): Record<string, unknown> | null {
  const filter: Record<string, unknown> = {};
  for (const field of fields) {
    const condition = conditionOf(field, typed[field.name] ?? "");
    if (condition !== null) filter[field.name] = condition;
  }
  return Object.keys(filter).length > 0 ? filter : null;
}
