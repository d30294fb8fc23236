import { queue } from "@/api/client";
import { edit, useEntities, useFindingIndex } from "@/api/hooks";
import type { FieldDoc } from "@/contract/FieldDoc";
import { IconButton } from "@/kit/button";
import { Draft, Labelled, Select, Switch } from "@/kit/input";
import { Section } from "@/kit/layout";
import { t } from "@/kit/text";
import { changeType, fieldTypes, keysOf, setField } from "@/model/make";
import { select } from "@/model/place";
import type { Entity } from "@/model/workspace";
import { ArrowLeft, Trash2 } from "lucide-react";
import { removeField } from "./actions";
import { DefaultInput } from "./default-input";
import { EnumEditor } from "./enum-editor";
import { Findings } from "./inspector";
import { useEditFocus } from "./use-edit-focus";

const formats = ["email", "url", "phone", "uuid", "slug", "hostname", "ipv4", "ipv6"];
const wholeKeys = ["minLength", "maxLength", "precision", "scale"] as const;

export function FieldPanel({ entity, field }: { entity: Entity; field: FieldDoc }) {
  const focus = useEditFocus();
  const findings = useFindingIndex().at(entity.id, "fields", field.id);
  const entities = useEntities();
  const words = t("Change field `{{field}}`", { field: field.name });
  const set = (key: keyof FieldDoc, value: unknown) => edit(words, [setField(entity.id, field.id, key, value)]);
  const rename = (name: string) =>
    void queue
      .run("entities.rename_field", { entityId: entity.id, fieldId: field.id, name }, [setField(entity.id, field.id, "name", name)])
      .catch(() => undefined);
  const keys = keysOf(field.type);
  const labels: Record<(typeof wholeKeys)[number], string> = {
    minLength: field.type === "bytes" ? t("Least bytes") : t("Least length"),
    maxLength: field.type === "bytes" ? t("Most bytes") : t("Greatest length"),
    precision: t("Digits in all"),
    scale: t("After the point"),
  };
  return (
    <>
      <header className="flex items-center gap-1 border-b px-2 py-2">
        <IconButton label={t("Back to {{name}}", { name: entity.name })} onClick={() => select([entity.id])}>
          <ArrowLeft className="size-4" aria-hidden />
        </IconButton>
        <div className="min-w-0 flex-1">
          <p className="truncate text-xs text-muted">{t("Field of {{name}}", { name: entity.name })}</p>
          <h2 className="truncate text-lg font-semibold">{field.label ?? field.name}</h2>
        </div>
        <IconButton label={t("Remove field")} onClick={() => removeField(entity.id, field.id)}>
          <Trash2 className="size-4" aria-hidden />
        </IconButton>
      </header>
      <Findings findings={findings} />
      <Section title={t("General")}>
        <Labelled label={t("Name")} beside>
          {(ids) => <Draft {...ids} ref={focus} value={field.name} onCommit={rename} />}
        </Labelled>
        <Labelled label={t("Type")} beside>
          {(ids) => (
            <Select {...ids} value={field.type} onChange={(event) => edit(words, changeType(entity, field, event.target.value, entities[0]?.name ?? entity.name))}>
              {(fieldTypes as readonly string[]).includes(field.type) ? null : <option>{field.type}</option>}
              {fieldTypes.map((type) => (
                <option key={type}>{type}</option>
              ))}
            </Select>
          )}
        </Labelled>
        <div className="grid grid-cols-2 gap-2 ps-[6.75rem]">
          <Switch label={t("Required")} checked={field.required === true} onChange={(on) => set("required", on || undefined)} />
          <Switch label={t("Unique")} checked={field.unique === true} onChange={(on) => set("unique", on || undefined)} />
        </div>
        {keys.includes("referenceTo") ? <Reference entities={entities} field={field} set={set} /> : null}
        {keys.includes("enumValues") ? <EnumEditor values={field.enumValues ?? []} onChange={(values) => set("enumValues", values)} /> : null}
        {wholeKeys.map((key) =>
          keys.includes(key) ? (
            <Labelled key={key} label={labels[key]} beside>
              {(ids) => <Draft {...ids} type="number" min={0} value={field[key]?.toString() ?? ""} onCommit={(text) => set(key, text === "" ? undefined : Math.max(0, Math.trunc(Number(text))))} />}
            </Labelled>
          ) : null,
        )}
        {(["min", "max"] as const).map((key) =>
          keys.includes(key) ? (
            <Labelled key={key} label={key === "min" ? t("Least value") : t("Greatest value")} beside>
              {(ids) => <Draft {...ids} value={field[key]?.toString() ?? ""} onCommit={(text) => set(key, limit(field.type, text))} />}
            </Labelled>
          ) : null,
        )}
        {keys.includes("pattern") ? (
          <Labelled label={t("Pattern")} beside help={t("A regular expression for the whole text")}>
            {(ids) => <Draft {...ids} className="font-mono" value={field.pattern ?? ""} onCommit={(text) => set("pattern", text || undefined)} />}
          </Labelled>
        ) : null}
        {keys.includes("format") ? (
          <Labelled label={t("Format")} beside>
            {(ids) => (
              <Select {...ids} value={field.format ?? ""} onChange={(event) => set("format", event.target.value || undefined)}>
                <option value="">{t("Any text")}</option>
                {formats.map((format) => (
                  <option key={format}>{format}</option>
                ))}
              </Select>
            )}
          </Labelled>
        ) : null}
        <Labelled label={t("Default")} beside>
          {(ids) => <DefaultInput ids={ids} field={field} onCommit={(value) => set("default", value)} />}
        </Labelled>
      </Section>
      <Section title={t("For people")}>
        <Labelled label={t("Label")} beside>
          {(ids) => <Draft {...ids} value={field.label ?? ""} placeholder={field.name} onCommit={(text) => set("label", text || undefined)} />}
        </Labelled>
        <Labelled label={t("Description")} beside>
          {(ids) => <Draft {...ids} multiline value={field.description ?? ""} onCommit={(text) => set("description", text || undefined)} />}
        </Labelled>
      </Section>
      <Section title={t("Data")}>
        <Labelled label={t("Classification")} beside>
          {(ids) => (
            <Select {...ids} value={field.classification ?? ""} onChange={(event) => set("classification", event.target.value || undefined)}>
              <option value="">{t("Internal (the default)")}</option>
              <option value="public">{t("Public")}</option>
              <option value="internal">{t("Internal")}</option>
              <option value="personal">{t("Personal")}</option>
              <option value="secret">{t("Secret")}</option>
            </Select>
          )}
        </Labelled>
        <Labelled label={t("Empty reads as")} beside>
          {(ids) => (
            <Select {...ids} value={field.absent ?? ""} onChange={(event) => set("absent", event.target.value || undefined)}>
              <option value="">{t("Null (the default)")}</option>
              <option value="null">{t("Null")}</option>
              <option value="missing">{t("Missing")}</option>
            </Select>
          )}
        </Labelled>
        {field.source ? (
          <p className="text-sm text-muted">
            {t("Imported from column `{{name}}`", { name: field.source.name })}
            {field.source.declaredType ? ` ${field.source.declaredType}` : ""}
          </p>
        ) : null}
      </Section>
    </>
  );
}

function Reference({ entities, field, set }: { entities: readonly Entity[]; field: FieldDoc; set: (key: keyof FieldDoc, value: unknown) => void }) {
  const known = entities.some((entity) => entity.name === field.referenceTo);
  return (
    <>
      <Labelled label={t("Refers to")} beside>
        {(ids) => (
          <Select {...ids} value={field.referenceTo ?? ""} onChange={(event) => set("referenceTo", event.target.value)}>
            {known ? null : <option value={field.referenceTo ?? ""}>{field.referenceTo ? t("{{name}} (not there)", { name: field.referenceTo }) : t("Choose an entity")}</option>}
            {entities.map((entity) => (
              <option key={entity.id}>{entity.name}</option>
            ))}
          </Select>
        )}
      </Labelled>
      <Labelled label={t("Cardinality")} beside>
        {(ids) => (
          <Select {...ids} value={field.unique ? "one" : "many"} onChange={(event) => set("unique", event.target.value === "one" || undefined)}>
            <option value="many">{t("Many to one")}</option>
            <option value="one">{t("One to one")}</option>
          </Select>
        )}
      </Labelled>
      <Labelled label={t("When deleted")} beside>
        {(ids) => (
          <Select {...ids} value={field.onDelete ?? ""} onChange={(event) => set("onDelete", event.target.value || undefined)}>
            <option value="">{t("Refuse while referred to (the default)")}</option>
            <option value="restrict">{t("Refuse while referred to")}</option>
            <option value="cascade">{t("Delete this record too")}</option>
            <option value="setNull">{t("Empty this field")}</option>
          </Select>
        )}
      </Labelled>
    </>
  );
}

/** Integers and numbers are JSON numbers; everything exact or with a calendar is text. */
function limit(type: string, text: string): number | string | undefined {
  if (text === "") return undefined;
  const number = Number(text);
  return (type === "integer" || type === "number") && Number.isFinite(number) ? number : text;
}
