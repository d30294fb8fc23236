/** What the principal would see: the record's fields, and the first rows. */
import type { TryField } from "@/contract/TryField";
import type { TryRows } from "@/contract/TryRows";
import { count, t } from "@/kit/text";
import type { Entity } from "@/model/workspace";
import { Eye, EyeOff, type LucideIcon, Pencil, PencilOff, VenetianMask } from "lucide-react";

const looks: Record<string, { icon: LucideIcon; tone: string; word: string }> = {
  readable: { icon: Eye, tone: "text-ok", word: "readable" },
  masked: { icon: VenetianMask, tone: "text-warn", word: "masked" },
  hidden: { icon: EyeOff, tone: "text-danger", word: "hidden" },
};

const show = (value: unknown) => (value === undefined ? "" : value === null ? t("empty") : typeof value === "string" ? value : JSON.stringify(value));

const table = "w-full border-separate border-spacing-0 overflow-hidden rounded-lg border bg-surface text-sm";
const head = "h-7 border-b bg-sunken px-2.5 text-start font-medium whitespace-nowrap text-soft";
const body = "max-w-56 truncate px-2.5 py-1";

export function FieldsSeen({ fields, record }: { fields: readonly TryField[]; record: Record<string, unknown> }) {
  const differs = fields.some((field) => field.access !== "readable");
  return (
    <section aria-label={t("Fields as they are seen")} className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold text-soft">{t("The record as it is seen")}</h3>
      <table className={`${table} table-fixed`}>
        <thead>
          <tr>
            <th scope="col" className={head}>{t("Field")}</th>
            <th scope="col" className={head}>{t("Reading")}</th>
            <th scope="col" className={head}>{t("Seen as")}</th>
            {differs ? <th scope="col" className={head}>{t("In truth")}</th> : null}
            <th scope="col" className={head}>{t("Writing")}</th>
          </tr>
        </thead>
        <tbody className="[&>tr:not(:last-child)>*]:border-b">
          {fields.map((field) => {
            const { icon: Icon, tone, word } = looks[field.access] ?? { icon: Eye, tone: "", word: field.access };
            return (
              <tr key={field.name}>
                <th scope="row" className={`${body} text-start font-medium`}>{field.name}</th>
                <td className={body}>
                  <span className={`inline-flex items-center gap-1 ${tone}`}>
                    <Icon className="size-3.5" aria-hidden />
                    {t(word)}
                  </span>
                </td>
                <td className={`${body} ${field.seen === null ? "text-muted" : ""}`}>{field.access === "hidden" ? "" : show(field.seen)}</td>
                {differs ? <td className={`${body} text-muted`}>{show(record[field.name])}</td> : null}
                <td className={body}>
                  {field.writable ? (
                    <span className="inline-flex items-center gap-1"><Pencil className="size-3.5 text-muted" aria-hidden />{t("yes")}</span>
                  ) : (
                    <span className="inline-flex items-center gap-1 text-muted"><PencilOff className="size-3.5" aria-hidden />{t("no")}</span>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** Columns that fit beside each other. */
const COLUMNS = 6;

export function RowsSeen({ entity, rows }: { entity: Entity; rows: TryRows }) {
  const there = new Set(rows.seen.flatMap((row) => Object.keys(row.values)));
  const columns = ["id", ...entity.fields.map((field) => field.name)].filter((name) => there.has(name)).slice(0, COLUMNS);
  return (
    <section aria-label={t("Rows that are seen")} className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold text-soft">{t("Rows that are seen: {{visible}} of {{total}}", { visible: count(rows.visible), total: count(rows.total) })}</h3>
      {rows.seen.length === 0 ? (
        <p className="rounded-lg border border-dashed border-line-strong p-3 text-sm text-soft">{t("None. A list is empty, a single record is not found.")}</p>
      ) : (
        <div className="overflow-x-auto">
          <table className={table}>
            <thead>
              <tr>
                {columns.map((name) => (
                  <th key={name} scope="col" className={head}>{name}</th>
                ))}
              </tr>
            </thead>
            <tbody className="[&>tr:not(:last-child)>*]:border-b">
              {rows.seen.map((row) => (
                <tr key={row.id}>
                  {columns.map((name) => (
                    <td key={name} className={`${body} ${row.values[name] === null ? "text-muted" : ""}`}>{show(row.values[name])}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
