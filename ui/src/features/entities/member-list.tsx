/** Unique keys or indexes of an entity: a name and the fields in order. */
import { edit } from "@/api/hooks";
import { Button, IconButton } from "@/kit/button";
import { Draft, Select } from "@/kit/input";
import { Section } from "@/kit/layout";
import { t } from "@/kit/text";
import { newId, setKey } from "@/model/make";
import { type Entity, freeName } from "@/model/workspace";
import { Plus, Trash2, X } from "lucide-react";

export function MemberList({ entity, list, title, hint }: { entity: Entity; list: "uniques" | "indexes"; title: string; hint: string }) {
  const members = entity[list] ?? [];
  const words = t("Change {{what}} of `{{name}}`", { what: title.toLowerCase(), name: entity.name });
  const add = () => {
    const first = entity.fields.find((field) => !members.some((member) => member.fields.length === 1 && member.fields[0] === field.name)) ?? entity.fields[0];
    if (!first) return;
    const name = freeName(list === "uniques" ? "key" : "index", members.map((member) => member.name));
    edit(words, [
      { op: "add", document: entity.id, path: [list], value: { id: newId(list === "uniques" ? "unq" : "idx"), name, fields: [first.name] } },
    ]);
  };
  return (
    <Section
      title={title}
      count={members.length}
      open={members.length > 0}
      actions={
        <Button tone="quiet" className="h-6" icon={<Plus className="size-3.5" aria-hidden />} disabled={entity.fields.length === 0} onClick={add}>
          {t("Add")}
        </Button>
      }
    >
      <p className="text-xs text-muted">{hint}</p>
      {members.map((member) => (
        <div key={member.id} className="flex flex-col gap-1.5 rounded-md border p-1.5">
          <div className="flex items-center gap-1">
            <Draft aria-label={t("Name")} value={member.name} onCommit={(name) => edit(words, [setKey(entity.id, [list, member.id, "name"], name)])} />
            <IconButton label={t("Remove {{name}}", { name: member.name })} onClick={() => edit(words, [{ op: "remove", document: entity.id, path: [list, member.id] }])}>
              <Trash2 className="size-3.5" aria-hidden />
            </IconButton>
          </div>
          <div className="flex flex-wrap items-center gap-1">
            {member.fields.map((name) => (
              <span key={name} className="inline-flex h-5.5 items-center gap-0.5 rounded bg-hover ps-1.5 text-sm">
                {name}
                <button
                  type="button"
                  aria-label={t("Take {{name}} out", { name })}
                  className="rounded p-0.5 text-muted hover:text-text disabled:opacity-40"
                  disabled={member.fields.length === 1}
                  onClick={() => edit(words, [setKey(entity.id, [list, member.id, "fields"], member.fields.filter((other) => other !== name))])}
                >
                  <X className="size-3" aria-hidden />
                </button>
              </span>
            ))}
            <Select
              aria-label={t("Add a field to {{name}}", { name: member.name })}
              className="h-5.5 w-auto max-w-28 text-sm"
              value=""
              onChange={(event) => edit(words, [setKey(entity.id, [list, member.id, "fields"], [...member.fields, event.target.value])])}
            >
              <option value="">{t("+ field")}</option>
              {entity.fields
                .filter((field) => !member.fields.includes(field.name))
                .map((field) => (
                  <option key={field.id}>{field.name}</option>
                ))}
            </Select>
          </div>
        </div>
      ))}
    </Section>
  );
}
