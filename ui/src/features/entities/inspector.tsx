/** The inspector: everything about the selected entity or field, with its findings where they arise. */
import { edit, useFindingIndex, usePlace, useSelectedEntity } from "@/api/hooks";
import type { Finding } from "@/contract/Finding";
import { FindingRow } from "@/kit/finding";
import { Button } from "@/kit/button";
import { t } from "@/kit/text";
import { explain, select } from "@/model/place";
import { LayoutGrid, Trash2 } from "lucide-react";
import { deleteEntities } from "./actions";
import { EntityPanel } from "./entity-panel";
import { FieldPanel } from "./field-panel";

export function Inspector() {
  const entity = useSelectedEntity();
  const chosen = usePlace((where) => where.entities);
  const fieldId = usePlace((where) => where.field);
  const field = entity?.fields.find((candidate) => candidate.id === fieldId);
  return (
    <aside aria-label={t("Inspector")} className="flex w-80 shrink-0 flex-col overflow-y-auto border-s bg-surface">
      {entity && field ? (
        <FieldPanel key={field.id} entity={entity} field={field} />
      ) : entity ? (
        <EntityPanel key={entity.id} entity={entity} />
      ) : chosen.length > 1 ? (
        <div className="flex flex-col items-start gap-3 p-4">
          <h2 className="text-lg font-semibold">{t("{{count}} entities", { count: chosen.length })}</h2>
          <p className="text-sm text-soft">{t("Drag any of them to move all. Alt and the arrow keys move them by steps.")}</p>
          <div className="flex gap-2">
            <Button onClick={() => select([])}>{t("Clear selection")}</Button>
            <Button icon={<Trash2 className="size-3.5" aria-hidden />} onClick={() => deleteEntities(chosen)}>
              {t("Delete")}
            </Button>
          </div>
        </div>
      ) : (
        <div className="flex flex-col gap-2 p-4 text-sm text-soft">
          <LayoutGrid className="size-5 text-muted" aria-hidden />
          <p>{t("Select an entity or a field to see and change it here.")}</p>
          <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-3 gap-y-1.5">
            {[
              [t("Double click"), t("add an entity there")],
              [t("Drag from an edge"), t("relate two entities")],
              [t("Shift and drag"), t("select several")],
              [t("Arrow keys"), t("go to the next entity")],
              ["Enter", t("edit the selected one")],
              [t("Alt and arrows"), t("move it")],
              [t("Delete"), t("remove it")],
            ].map(([key, text]) => (
              <div key={key} className="contents">
                <dt className="font-medium text-text">{key}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </aside>
  );
}

export function Findings({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <div role="region" aria-label={t("Problems")} className="border-b bg-sunken py-1">
      {findings.map((finding, at) => (
        <FindingRow
          key={at}
          finding={finding}
          onFix={finding.fix ? () => void edit(finding.fix?.title ?? "", finding.fix?.edits ?? []) : undefined}
          onExplain={() => explain(finding.code)}
        />
      ))}
    </div>
  );
}

/** Findings of an entity that are not about one of its fields. */
export function useEntityFindings(id: string): readonly Finding[] {
  const index = useFindingIndex();
  return index.of(id).filter((finding) => finding.place.path?.[0] !== "fields" || finding.place.path.length < 2);
}
