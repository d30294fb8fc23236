/** An entity on the canvas: name, key, fields with their types and marks. */
import type { BoxNode } from "@/canvas/surface";
import { SeverityIcon } from "@/kit/finding";
import { t } from "@/kit/text";
import { TypeIcon } from "@/kit/type-icon";
import type { Finding } from "@/contract/Finding";
import type { Entity } from "@/model/workspace";
import { Handle, type NodeProps, Position } from "@xyflow/react";
import { KeyRound } from "lucide-react";
import { memo } from "react";
import { select } from "@/model/place";
import { shownFields } from "./card-size";

export interface CardData {
  entity: Entity;
  worst: Finding["severity"] | null;
  /** The worst finding of each field that has one. */
  marks: ReadonlyMap<string, Finding["severity"]>;
  match: "hit" | "miss" | null;
  field: string | null;
}

const classes: Record<string, string> = { reference: "Reference", document: "Document", log: "Log" };

export const Card = memo(function Card({ data, selected }: NodeProps<BoxNode<CardData>>) {
  const { entity, worst, marks, match, field: chosen } = data.box.data;
  const shown = shownFields(entity);
  const left = entity.fields.length - shown.length;
  return (
    <div
      className={`entity-card flex h-full flex-col overflow-hidden rounded-lg border bg-surface shadow-sm transition-opacity ${selected ? "border-accent ring-2 ring-accent" : match === "hit" ? "border-accent ring-1 ring-accent" : "border-line-strong"} ${match === "miss" ? "opacity-35" : ""}`}
    >
      <Handle id="left" type="target" position={Position.Left} style={{ top: 17 }} title={t("Drag to another entity to relate them")} />
      <Handle id="right" type="source" position={Position.Right} style={{ top: 17 }} title={t("Drag to another entity to relate them")} />
      <div className={`card-head flex h-[33px] shrink-0 items-center gap-1.5 border-b px-2.5 ${selected ? "bg-accent-wash" : "bg-sunken"}`}>
        {worst ? <SeverityIcon severity={worst} /> : null}
        <span className="card-title truncate text-base font-semibold" title={entity.label ?? entity.name}>
          {entity.name}
        </span>
        {classes[entity.class] ? <span className="ms-auto shrink-0 text-xs text-muted">{t(classes[entity.class] ?? "")}</span> : null}
      </div>
      <div className="card-fields py-[3px]">
        <div className="flex h-[22px] items-center gap-1.5 px-2.5 text-muted">
          <KeyRound className="size-3.5 shrink-0" aria-hidden />
          <span className="truncate text-sm">id</span>
          <span className="ms-auto text-xs">{entity.identity.type}</span>
        </div>
        {shown.map((field) => {
          const mark = marks.get(field.id);
          return (
            <div
              key={field.id}
              onClick={(event) => {
                if (event.ctrlKey || event.shiftKey || event.metaKey) return;
                event.stopPropagation();
                select([entity.id], field.id);
              }}
              className={`flex h-[22px] items-center gap-1.5 px-2.5 ${chosen === field.id ? "bg-accent-wash" : "hover:bg-hover"}`}
            >
              {mark ? <SeverityIcon severity={mark} /> : <TypeIcon type={field.type} />}
              <span className={`truncate text-sm ${field.required ? "font-medium" : ""}`}>
                {field.name}
                {field.required ? (
                  <span className="text-accent" title={t("Required")}>
                    {" *"}
                  </span>
                ) : null}
              </span>
              <span className="ms-auto flex shrink-0 items-center gap-1 ps-2 text-xs text-muted">
                {field.unique ? (
                  <span className="rounded-sm border border-line px-0.5 text-[9px] leading-3 font-semibold" title={t("Unique")}>
                    U
                  </span>
                ) : null}
                <span className="max-w-24 truncate">{field.type === "reference" ? field.referenceTo : field.type}</span>
              </span>
            </div>
          );
        })}
        {left > 0 ? <div className="flex h-[22px] items-center px-2.5 text-sm text-muted">{t("{{count}} more fields", { count: left })}</div> : null}
      </div>
    </div>
  );
});
