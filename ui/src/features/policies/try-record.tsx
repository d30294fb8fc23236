/** Which record: one of local, with a mark whether this principal sees it, or one that is typed. */
import type { TryRow } from "@/contract/TryRow";
import type { TryRows } from "@/contract/TryRows";
import { Button } from "@/kit/button";
import { Input, Labelled, TextArea } from "@/kit/input";
import { Section, Tabs } from "@/kit/layout";
import { count, t } from "@/kit/text";
import type { Entity } from "@/model/workspace";
import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { objectOf } from "./try-principal";

export type RecordChoice = { kind: "row"; id: string | null } | { kind: "typed"; text: string };

/** A record with a place for each field. */
export function templateOf(entity: Entity): string {
  const valueOf: Record<string, unknown> = { integer: 0, bigint: 0, number: 0, decimal: "0", boolean: false };
  const entries = entity.fields.map((field) => [field.name, field.enumValues?.[0] ?? (field.required ? (valueOf[field.type] ?? "") : null)]);
  return JSON.stringify(Object.fromEntries(entries), null, 2);
}

export function RecordChooser({ entity, choice, rows, onChange }: { entity: Entity; choice: RecordChoice; rows: TryRows | null; onChange: (choice: RecordChoice) => void }) {
  const [id, setId] = useState("");
  const typed = choice.kind === "typed" ? objectOf(choice.text) : null;
  return (
    <Section title={t("Which record")} count={rows ? rows.total : undefined}>
      <Tabs<RecordChoice["kind"]>
        label={t("Kind of record")}
        tabs={[
          { key: "row", label: t("One of local") },
          { key: "typed", label: t("Typed") },
        ]}
        chosen={choice.kind}
        onChoose={(kind) => onChange(kind === "row" ? { kind, id: null } : { kind, text: templateOf(entity) })}
      />
      {choice.kind === "typed" ? (
        <Labelled label={t("Record")} problem={typed?.problem ? t("A record is a JSON object of fields") : undefined}>
          {(ids) => <TextArea {...ids} rows={10} className="font-mono text-sm" value={choice.text} onChange={(event) => onChange({ kind: "typed", text: event.target.value })} />}
        </Labelled>
      ) : rows === null || rows.total === 0 ? (
        <div className="flex flex-col gap-2 rounded-lg border border-dashed border-line-strong p-3 text-sm text-soft">
          <p>{t("Local has no records of {{entity}} yet. Publish it and add some, or type a record here.", { entity: entity.name })}</p>
          <Button className="self-start" onClick={() => onChange({ kind: "typed", text: templateOf(entity) })}>
            {t("Type a record")}
          </Button>
        </div>
      ) : (
        <>
          <form
            className="flex gap-1"
            onSubmit={(event) => {
              event.preventDefault();
              if (id.trim() !== "") onChange({ kind: "row", id: id.trim() });
            }}
          >
            <Input aria-label={t("Record by id")} placeholder={t("by its id…")} value={id} onChange={(event) => setId(event.target.value)} />
            <Button type="submit">{t("Choose")}</Button>
          </form>
          <RowList title={t("Seen: {{visible}} of {{total}}", { visible: count(rows.visible), total: count(rows.total) })} rows={rows.seen} chosen={choice.id} seen onChoose={(row) => onChange({ kind: "row", id: row.id })} />
          <RowList title={t("Not seen: {{hidden}}", { hidden: count(rows.total - rows.visible) })} rows={rows.hidden} chosen={choice.id} seen={false} onChoose={(row) => onChange({ kind: "row", id: row.id })} />
        </>
      )}
    </Section>
  );
}

/** A few values that tell a row from the others. */
function labelOf(row: TryRow): string {
  const texts = Object.entries(row.values).flatMap(([name, value]) => (name === "id" || name === "rowVersion" ? [] : [value])).filter((value): value is string | number => (typeof value === "string" && value !== "" && value.length < 80) || typeof value === "number");
  return texts.slice(0, 3).join(" · ");
}

function RowList({ title, rows, chosen, seen, onChoose }: { title: string; rows: readonly TryRow[]; chosen: string | null; seen: boolean; onChoose: (row: TryRow) => void }) {
  const Icon = seen ? Eye : EyeOff;
  return (
    <div className="flex flex-col gap-1">
      <h4 className="flex items-center gap-1.5 text-sm text-soft">
        <Icon className="size-3.5" aria-hidden />
        {title}
      </h4>
      {rows.length > 0 ? (
        <ul aria-label={title} className="flex max-h-44 flex-col overflow-auto rounded-md border bg-raised">
          {rows.map((row) => (
            <li key={row.id}>
              <button type="button" aria-current={chosen === row.id} onClick={() => onChoose(row)} className={`flex h-6 w-full items-center gap-2 px-2 text-start text-sm hover:bg-hover aria-[current=true]:bg-accent-wash aria-[current=true]:font-medium ${seen ? "" : "text-muted"}`}>
                <span className="max-w-24 shrink-0 truncate font-mono text-xs">{row.id}</span>
                <span className="truncate">{labelOf(row)}</span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
