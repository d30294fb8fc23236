/** Which fields a rule is about: what an allow gives of each, what a deny takes away. */
import type { FieldDoc } from "@/contract/FieldDoc";
import type { FieldRulesDoc } from "@/contract/FieldRulesDoc";
import type { MaskDoc } from "@/contract/MaskDoc";
import { Button } from "@/kit/button";
import { Draft, Select } from "@/kit/input";
import { Badge } from "@/kit/layout";
import { t } from "@/kit/text";
import { TypeIcon } from "@/kit/type-icon";
import type { Entity } from "@/model/workspace";
import { Fragment } from "react";
import { type Access, accessOf, type FieldAccess, lossOf, lossRules, maskKinds, rulesOf } from "./field-access";

interface Props {
  entity: Entity;
  rules: FieldRulesDoc | null | undefined;
  onChange: (rules: FieldRulesDoc | undefined) => void;
}

const maskWords: Record<string, string> = { null: "empty", fixed: "fixed value", partial: "partial", hash: "hash" };
const accessWords: Record<Access, string> = { readable: "readable", masked: "masked", hidden: "hidden" };

function NameCell({ field }: { field: FieldDoc }) {
  return (
    <th scope="row" className="px-2 py-0.5 text-start font-normal">
      <span className="flex min-w-0 items-center gap-1.5">
        <TypeIcon type={field.type} />
        <span className="truncate" title={`${field.name}, ${field.type}`}>
          {field.name}
        </span>
        {field.classification === "personal" || field.classification === "secret" ? <Badge tone={field.classification === "secret" ? "danger" : "warn"}>{t(field.classification)}</Badge> : null}
      </span>
    </th>
  );
}

const table = "w-full table-fixed border-separate border-spacing-0 overflow-hidden rounded-lg border bg-surface text-sm";
const head = "h-7 border-b bg-sunken px-2 text-start font-medium text-soft";

export function FieldRules({ entity, rules, onChange }: Props) {
  if (entity.fields.length === 0) return <p className="text-sm text-muted">{t("The entity has no fields yet.")}</p>;
  const fields = accessOf(rules, entity.fields.map((field) => field.name));
  const change = (name: string, more: Partial<FieldAccess>) => onChange(rulesOf(fields.map((field) => (field.name === name ? { ...field, ...more } : field))));
  const all = (more: Partial<FieldAccess>) => onChange(rulesOf(fields.map((field) => ({ ...field, ...more }))));
  return (
    <>
      <div className="flex items-center gap-1.5 text-sm text-muted">
        <span className="min-w-0 flex-1">{rules ? t("Of several rules that allow, the most open one counts for each field.") : t("All fields, readable and writable.")}</span>
        <Button tone="quiet" className="h-6" onClick={() => all({ access: "readable", mask: null, writable: true })} disabled={!rules}>
          {t("Open all")}
        </Button>
        <Button tone="quiet" className="h-6" onClick={() => all({ writable: false })}>
          {t("Read only")}
        </Button>
      </div>
      <table aria-label={t("Field rules")} className={table}>
        <thead>
          <tr>
            <th scope="col" className={`${head} w-[44%]`}>{t("Field")}</th>
            <th scope="col" className={head}>{t("Reading")}</th>
            <th scope="col" className={`${head} w-16`}>{t("Writing")}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field, at) => (
            <Fragment key={field.name}>
              <tr>
                <NameCell field={entity.fields[at] as FieldDoc} />
                <td className="px-1 py-0.5">
                  <Select
                    aria-label={t("Reading of {{name}}", { name: field.name })}
                    className={`h-6 text-sm ${field.access === "readable" ? "" : "font-medium"}`}
                    value={field.access}
                    onChange={(event) => {
                      const access = event.target.value as Access;
                      // What one may not read plainly one does not write either, until somebody says so.
                      change(field.name, { access, mask: access === "masked" ? { kind: "null" } : null, writable: access === "readable" });
                    }}
                  >
                    {(Object.keys(accessWords) as Access[]).map((access) => (
                      <option key={access} value={access}>
                        {t(accessWords[access])}
                      </option>
                    ))}
                  </Select>
                </td>
                <td className="px-2 py-0.5 text-center">
                  <input type="checkbox" className="size-3.5 align-middle accent-accent" aria-label={t("Writing of {{name}}", { name: field.name })} checked={field.writable} onChange={(event) => change(field.name, { writable: event.target.checked })} />
                </td>
              </tr>
              {field.access === "masked" && field.mask ? (
                <tr>
                  <td colSpan={3} className="px-2 pb-1.5 ps-7">
                    <MaskForm name={field.name} mask={field.mask} onChange={(mask) => change(field.name, { mask })} />
                  </td>
                </tr>
              ) : null}
            </Fragment>
          ))}
        </tbody>
      </table>
    </>
  );
}

function MaskForm({ name, mask, onChange }: { name: string; mask: MaskDoc; onChange: (mask: MaskDoc) => void }) {
  const number = (text: string) => Math.max(0, Math.trunc(Number(text)) || 0);
  return (
    <div className="flex flex-wrap items-center gap-1.5 text-xs text-muted">
      {t("seen as")}
      <Select aria-label={t("Mask of {{name}}", { name })} className="h-6 w-auto text-sm" value={mask.kind} onChange={(event) => onChange(event.target.value === "partial" ? { kind: "partial", start: 1, end: 0 } : event.target.value === "fixed" ? { kind: "fixed", value: "***" } : { kind: event.target.value })}>
        {maskKinds.map((kind) => (
          <option key={kind} value={kind}>
            {t(maskWords[kind] ?? kind)}
          </option>
        ))}
      </Select>
      {mask.kind === "fixed" ? <Draft aria-label={t("Fixed value of {{name}}", { name })} className="h-6 w-28 text-sm" value={typeof mask.value === "string" ? mask.value : JSON.stringify(mask.value ?? "")} onCommit={(text) => onChange({ kind: "fixed", value: valueOf(text, mask.value) })} /> : null}
      {mask.kind === "partial" ? (
        <>
          <Draft aria-label={t("Letters kept at the start of {{name}}", { name })} type="number" min={0} className="h-6 w-12 text-sm" value={String(mask.start ?? 0)} onCommit={(text) => onChange({ ...mask, start: number(text) })} />
          {t("first")}
          <Draft aria-label={t("Letters kept at the end of {{name}}", { name })} type="number" min={0} className="h-6 w-12 text-sm" value={String(mask.end ?? 0)} onCommit={(text) => onChange({ ...mask, end: number(text) })} />
          {t("last")}
          <code className="font-mono text-text">{partOf("Jan Novak", mask.start ?? 0, mask.end ?? 0)}</code>
        </>
      ) : null}
    </div>
  );
}

/** As the core masks: what is too short shows nothing. */
const partOf = (text: string, start: number, end: number) => (text.length <= start + end ? "***" : `${text.slice(0, start)}***${text.slice(text.length - end)}`);

/** A number stays a number. */
function valueOf(text: string, before: unknown): unknown {
  return typeof before === "number" && text.trim() !== "" && !Number.isNaN(Number(text)) ? Number(text) : text;
}

export function FieldLosses({ entity, rules, onChange }: Props) {
  const fields = lossOf(rules, entity.fields.map((field) => field.name));
  const change = (name: string, key: "read" | "write", on: boolean) => {
    const next = lossRules(fields.map((field) => (field.name === name ? { ...field, [key]: on } : field)));
    // Masks that a deny puts on are kept; they are written in the document.
    onChange(rules?.mask ? { ...next, mask: rules.mask } : next);
  };
  return (
    <>
      <p className="text-sm text-muted">{rules ? t("It takes just these fields away, and says nothing of the record.") : t("None: it denies the record itself. Choose fields to take just these away.")}</p>
      <table aria-label={t("Fields it takes away")} className={table}>
        <thead>
          <tr>
            <th scope="col" className={`${head} w-[50%]`}>{t("Field")}</th>
            <th scope="col" className={head}>{t("No reading")}</th>
            <th scope="col" className={head}>{t("No writing")}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field, at) => (
            <tr key={field.name}>
              <NameCell field={entity.fields[at] as FieldDoc} />
              {(["read", "write"] as const).map((key) => (
                <td key={key} className="px-2 py-1">
                  <input type="checkbox" className="size-3.5 align-middle accent-accent" aria-label={key === "read" ? t("No reading of {{name}}", { name: field.name }) : t("No writing of {{name}}", { name: field.name })} checked={field[key]} onChange={(event) => change(field.name, key, event.target.checked)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
