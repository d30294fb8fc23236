/** The model as a table: the same entities as the canvas, for the keyboard, for screen readers and for many. */
import { useEntities, useFindingIndex, usePlace } from "@/api/hooks";
import { SeverityIcon } from "@/kit/finding";
import { Grid, type Column } from "@/kit/grid";
import { Empty } from "@/kit/states";
import { t } from "@/kit/text";
import { select, startEditing } from "@/model/place";
import { type Entity, worst } from "@/model/workspace";
import { useMemo } from "react";
import { deleteSelection } from "./actions";
import { matches } from "./filter";

export function ListView({ search }: { search: string }) {
  const all = useEntities();
  const findings = useFindingIndex();
  const selected = usePlace((where) => where.entities);
  const rows = useMemo(() => all.filter((entity) => matches(entity, search)), [all, search]);
  const columns = useMemo((): Column<Entity>[] => {
    const references = (entity: Entity) => entity.fields.filter((field) => field.type === "reference").length;
    return [
      {
        key: "name", title: t("Entity"), width: 220, sortBy: (entity) => entity.name.toLowerCase(),
        cell: (entity) => {
          const bad = worst(findings.of(entity.id));
          return (
            <span className="flex items-center gap-1.5 font-medium">
              {entity.name}
              {bad ? <SeverityIcon severity={bad} /> : null}
            </span>
          );
        },
      },
      { key: "label", title: t("Label"), width: 160, sortBy: (entity) => entity.label ?? "", cell: (entity) => entity.label ?? "" },
      { key: "class", title: t("Class"), width: 90, sortBy: (entity) => entity.class, cell: (entity) => entity.class },
      { key: "identity", title: t("Key"), width: 80, sortBy: (entity) => entity.identity.type, cell: (entity) => entity.identity.type },
      { key: "fields", title: t("Fields"), width: 70, numeric: true, sortBy: (entity) => entity.fields.length, cell: (entity) => entity.fields.length },
      { key: "references", title: t("References"), width: 90, numeric: true, sortBy: references, cell: references },
      { key: "policies", title: t("Policies"), width: 80, numeric: true, sortBy: (entity) => entity.policies.length, cell: (entity) => entity.policies.length },
      { key: "description", title: t("Description"), width: 320, cell: (entity) => <span className="text-soft">{entity.description ?? ""}</span> },
    ];
  }, [findings]);
  if (rows.length === 0) return <Empty title={t("No entity or field is named like that")} />;
  return (
    <Grid
      label={t("Entities")}
      rows={rows}
      columns={columns}
      rowKey={(entity) => entity.id}
      selected={selected}
      onSelect={(entity) => select([entity.id])}
      onOpen={(entity) => {
        select([entity.id]);
        startEditing();
      }}
      onDelete={deleteSelection}
    />
  );
}
