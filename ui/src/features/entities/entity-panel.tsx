import { queue } from "@/api/client";
import { edit, useDraft } from "@/api/hooks";
import { Button, IconButton } from "@/kit/button";
import { Draft, Labelled, Select } from "@/kit/input";
import { Badge, Section } from "@/kit/layout";
import { t } from "@/kit/text";
import { setKey } from "@/model/make";
import { goTo, select } from "@/model/place";
import { type Entity, referrersOf } from "@/model/workspace";
import { Plus, Trash2 } from "lucide-react";
import { addField, deleteEntities } from "./actions";
import { FieldList } from "./field-list";
import { Findings, useEntityFindings } from "./inspector";
import { MemberList } from "./member-list";
import { useEditFocus } from "./use-edit-focus";

export function EntityPanel({ entity }: { entity: Entity }) {
  const focus = useEditFocus();
  const findings = useEntityFindings(entity.id);
  const referrers = useDraft((state) => state.documents);
  const relations = referrersOf(referrers, entity);
  const set = (key: string, words: string, value: unknown) => edit(`${words} \`${entity.name}\``, [setKey(entity.id, [key], value)]);
  const rename = (name: string) =>
    void queue.run("entities.rename_entity", { entityId: entity.id, name }, [setKey(entity.id, ["name"], name)]).catch(() => undefined);
  return (
    <>
      <header className="flex items-center gap-2 border-b px-3 py-2">
        <div className="min-w-0 flex-1">
          <p className="text-xs text-muted">{t("Entity")}</p>
          <h2 className="truncate text-lg font-semibold">{entity.label ?? entity.name}</h2>
        </div>
        <IconButton label={t("Delete entity")} onClick={() => deleteEntities([entity.id])}>
          <Trash2 className="size-4" aria-hidden />
        </IconButton>
      </header>
      <Findings findings={findings} />
      <Section title={t("General")}>
        <Labelled label={t("Name")} beside>
          {(ids) => <Draft {...ids} ref={focus} value={entity.name} onCommit={rename} />}
        </Labelled>
        <Labelled label={t("Label")} beside>
          {(ids) => <Draft {...ids} value={entity.label ?? ""} placeholder={entity.name} onCommit={(text) => set("label", t("Label"), text || undefined)} />}
        </Labelled>
        <Labelled label={t("Description")} beside>
          {(ids) => <Draft {...ids} multiline value={entity.description ?? ""} onCommit={(text) => set("description", t("Describe"), text || undefined)} />}
        </Labelled>
        <Labelled label={t("Class")} beside>
          {(ids) => (
            <Select {...ids} value={entity.class} onChange={(event) => set("class", t("Change class of"), event.target.value)}>
              <option value="master">{t("Master: things that stay")}</option>
              <option value="reference">{t("Reference: lists to choose from")}</option>
              <option value="document">{t("Document: has a life of its own")}</option>
              <option value="log">{t("Log: only added to")}</option>
            </Select>
          )}
        </Labelled>
      </Section>
      <Section
        title={t("Fields")}
        count={entity.fields.length}
        actions={
          <Button tone="quiet" className="h-6" icon={<Plus className="size-3.5" aria-hidden />} onClick={() => addField(entity.id)}>
            {t("Add")}
          </Button>
        }
      >
        <FieldList entity={entity} />
      </Section>
      <Section title={t("Relations to it")} count={relations.length} open={relations.length > 0}>
        {relations.length === 0 ? <p className="text-sm text-muted">{t("No entity refers to this one.")}</p> : null}
        <ul className="flex flex-col">
          {relations.map((relation) => (
            <li key={relation.id}>
              <button type="button" className="flex h-6 w-full items-center gap-1.5 rounded px-1 text-start text-sm hover:bg-hover" onClick={() => select([relation.from.id], relation.field.id)}>
                <span className="truncate font-medium">{relation.from.name}</span>
                <span className="truncate text-muted">.{relation.field.name}</span>
                <Badge>{relation.field.unique ? "1 : 1" : "n : 1"}</Badge>
              </button>
            </li>
          ))}
        </ul>
      </Section>
      <Section title={t("Key and storage")} open={false}>
        <Labelled label={t("Record id")} beside help={entity.identity.source ? t("Comes from `{{name}}`", { name: entity.identity.source }) : undefined}>
          {(ids) => (
            <Select {...ids} value={entity.identity.type} onChange={(event) => edit(t("Change key of `{{name}}`", { name: entity.name }), [setKey(entity.id, ["identity", "type"], event.target.value)])}>
              <option value="uuid">{t("UUID, made here")}</option>
              <option value="integer">{t("Integer")}</option>
              <option value="text">{t("Text")}</option>
            </Select>
          )}
        </Labelled>
        <Labelled label={t("Table")} beside>
          {(ids) => (
            <Select {...ids} value={entity.storage.binding} onChange={(event) => edit(t("Change storage of `{{name}}`", { name: entity.name }), [setKey(entity.id, ["storage", "binding"], event.target.value)])}>
              <option value="managed">{t("Managed: Maquette owns it")}</option>
              <option value="attached">{t("Attached: never altered")}</option>
            </Select>
          )}
        </Labelled>
        {entity.source ? <p className="text-sm text-muted">{t("Imported from table `{{name}}`", { name: entity.source.name })}</p> : null}
      </Section>
      <MemberList entity={entity} list="uniques" title={t("Unique keys")} hint={t("No two records share these values together.")} />
      <MemberList entity={entity} list="indexes" title={t("Indexes")} hint={t("They make finding by these fields fast.")} />
      <Section title={t("Policies")} count={entity.policies.length} open={false}>
        <p className="text-sm text-muted">{entity.policies.length === 0 ? t("Nobody may do anything with its records yet.") : t("Who may do what with its records.")}</p>
        <Button className="self-start" onClick={() => goTo("policies")}>
          {t("Open policies")}
        </Button>
      </Section>
    </>
  );
}
