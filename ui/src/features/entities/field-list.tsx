/** The fields of an entity: select, reorder by dragging or with Alt and the arrow keys. */
import { edit, useFindingIndex } from "@/api/hooks";
import { SeverityIcon } from "@/kit/finding";
import { t } from "@/kit/text";
import { TypeIcon } from "@/kit/type-icon";
import { select } from "@/model/place";
import { type Entity, worst } from "@/model/workspace";
import { GripVertical } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { removeField } from "./actions";

export function FieldList({ entity }: { entity: Entity }) {
  const findings = useFindingIndex();
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const move = (id: string, before: string | undefined) => {
    if (id === before) return;
    edit(t("Reorder fields of `{{name}}`", { name: entity.name }), [
      { op: "move", document: entity.id, path: ["fields", id], ...(before !== undefined && { before }) },
    ]);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>, at: number) => {
    const field = entity.fields[at];
    if (!field) return;
    const rows = event.currentTarget.closest("ul")?.querySelectorAll<HTMLElement>("button");
    if (event.altKey && event.key === "ArrowUp" && at > 0) move(field.id, entity.fields[at - 1]?.id);
    else if (event.altKey && event.key === "ArrowDown" && at < entity.fields.length - 1) move(field.id, entity.fields[at + 2]?.id);
    else if (event.key === "ArrowUp") rows?.[at - 1]?.focus();
    else if (event.key === "ArrowDown") rows?.[at + 1]?.focus();
    else if (event.key === "Delete") removeField(entity.id, field.id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  if (entity.fields.length === 0) return <p className="text-sm text-muted">{t("No fields yet. A field is a named value of its records.")}</p>;
  return (
    <ul className="-mx-1.5 flex flex-col" aria-label={t("Fields of {{name}}", { name: entity.name })}>
      {entity.fields.map((field, at) => {
        const bad = worst(findings.at(entity.id, "fields", field.id));
        return (
          <li
            key={field.id}
            draggable
            onDragStart={(event) => {
              setDragged(field.id);
              event.dataTransfer.effectAllowed = "move";
              event.dataTransfer.setData("text/plain", field.name);
            }}
            onDragOver={(event) => {
              if (!dragged) return;
              event.preventDefault();
              setOver(field.id);
            }}
            onDragEnd={() => {
              setDragged(null);
              setOver(null);
            }}
            onDrop={(event) => {
              event.preventDefault();
              if (dragged && dragged !== field.id) {
                const from = entity.fields.findIndex((candidate) => candidate.id === dragged);
                move(dragged, from < at ? entity.fields[at + 1]?.id : field.id);
              }
            }}
            className={`group flex items-center rounded ${over === field.id && dragged !== field.id ? "bg-accent-wash" : "hover:bg-hover"} ${dragged === field.id ? "opacity-40" : ""}`}
          >
            <GripVertical className="size-3.5 shrink-0 text-muted opacity-0 group-hover:opacity-100" aria-hidden />
            <button
              type="button"
              title={t("Alt and arrow keys reorder")}
              className="flex h-6.5 min-w-0 flex-1 items-center gap-1.5 pe-1.5 text-start"
              onClick={() => select([entity.id], field.id)}
              onKeyDown={(event) => onKeyDown(event, at)}
            >
              {bad ? <SeverityIcon severity={bad} /> : <TypeIcon type={field.type} />}
              <span className={`truncate text-sm ${field.required ? "font-medium" : ""}`}>
                {field.name}
                {field.required ? <span className="text-accent"> *</span> : null}
              </span>
              <span className="ms-auto truncate ps-2 text-xs text-muted">{field.type === "reference" ? field.referenceTo : field.type}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
