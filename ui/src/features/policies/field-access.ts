/** Field rules of an allow as a choice for each field, and back. Both ways keep to the shortest form of the document. */
import type { FieldListDoc } from "@/contract/FieldListDoc";
import type { FieldRulesDoc } from "@/contract/FieldRulesDoc";
import type { MaskDoc } from "@/contract/MaskDoc";

export type Access = "readable" | "masked" | "hidden";

export interface FieldAccess {
  name: string;
  access: Access;
  mask: MaskDoc | null;
  writable: boolean;
}

export const maskKinds = ["null", "fixed", "partial", "hash"] as const;

const has = (list: FieldListDoc | undefined, name: string) => list === "*" || (Array.isArray(list) && (list.includes("*") || list.includes(name)));

/** What an allow gives of each field. */
export function accessOf(rules: FieldRulesDoc | null | undefined, names: readonly string[]): FieldAccess[] {
  return names.map((name) => {
    const mask = rules?.mask?.[name] ?? null;
    const readable = !rules || rules.read === undefined || has(rules.read, name);
    const access: Access = mask ? "masked" : readable ? "readable" : "hidden";
    const writable = !rules || (rules.write === undefined ? access === "readable" : has(rules.write, name));
    return { name, access, mask, writable };
  });
}

/** The rules that give exactly this; undefined when it is everything. */
export function rulesOf(fields: readonly FieldAccess[]): FieldRulesDoc | undefined {
  const named = (wanted: (field: FieldAccess) => boolean) => fields.filter(wanted).map((field) => field.name);
  const readable = named((field) => field.access === "readable");
  const hidden = named((field) => field.access === "hidden");
  const writable = named((field) => field.writable);
  const masked = fields.filter((field) => field.access === "masked");
  if (readable.length === fields.length && writable.length === fields.length) return undefined;
  const rules: FieldRulesDoc = {};
  if (hidden.length > 0) rules.read = readable;
  if (masked.length > 0) rules.mask = Object.fromEntries(masked.map((field) => [field.name, field.mask ?? { kind: "null" }]));
  // Absent means what is read unmasked.
  const follows = writable.length === readable.length && writable.every((name) => readable.includes(name));
  if (!follows) rules.write = writable.length === fields.length ? "*" : writable;
  return rules;
}

export interface FieldLoss {
  name: string;
  read: boolean;
  write: boolean;
}

/** What a deny takes away of each field. */
export function lossOf(rules: FieldRulesDoc | null | undefined, names: readonly string[]): FieldLoss[] {
  return names.map((name) => {
    const read = has(rules?.read, name);
    return { name, read, write: rules?.write === undefined ? read : has(rules.write, name) };
  });
}

/** The rules that take away exactly this; undefined when it is nothing, and the deny is of the record itself. */
export function lossRules(fields: readonly FieldLoss[]): FieldRulesDoc | undefined {
  const read = fields.filter((field) => field.read).map((field) => field.name);
  const write = fields.filter((field) => field.write).map((field) => field.name);
  if (read.length === 0 && write.length === 0) return undefined;
  const follows = read.length === write.length && read.every((name) => write.includes(name));
  return { ...(read.length > 0 && { read }), ...(!follows && { write }) };
}
