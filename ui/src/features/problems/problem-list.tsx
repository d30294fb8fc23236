/** All findings of the workspace, by entity; each with a jump to its place, its fix and its page. */
import { edit, useDraft } from "@/api/hooks";
import type { Finding } from "@/contract/Finding";
import { FindingRow } from "@/kit/finding";
import { t } from "@/kit/text";
import { explain, jumpTo } from "@/model/place";
import { type Entity, entityOf } from "@/model/workspace";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";

const weight = { error: 0, warning: 1, info: 2 } as const;

type Row = { kind: "group"; key: string; title: string; count: number } | { kind: "finding"; key: string; finding: Finding; where: string };

function fieldName(entity: Entity | undefined, path: readonly string[] | undefined): string {
  if (path?.[0] !== "fields") return "";
  return entity?.fields.find((field) => field.id === path[1])?.name ?? "";
}

export function useProblemRows(severities: ReadonlySet<Finding["severity"]>, search: string): Row[] {
  const findings = useDraft((state) => state.findings);
  const documents = useDraft((state) => state.documents);
  return useMemo(() => {
    const groups = new Map<string, Finding[]>();
    const wanted = search.toLowerCase();
    for (const finding of findings) {
      if (!severities.has(finding.severity)) continue;
      if (wanted && !`${finding.code} ${finding.message}`.toLowerCase().includes(wanted)) continue;
      const list = groups.get(finding.place.document);
      if (list) list.push(finding);
      else groups.set(finding.place.document, [finding]);
    }
    return [...groups]
      .map(([id, list]) => ({ id, entity: entityOf(documents, id), list: list.sort((a, b) => weight[a.severity] - weight[b.severity]) }))
      .sort((a, b) => weight[a.list[0]?.severity ?? "info"] - weight[b.list[0]?.severity ?? "info"] || (a.entity?.name ?? a.id).localeCompare(b.entity?.name ?? b.id))
      .flatMap(({ id, entity, list }): Row[] => [
        { kind: "group", key: id, title: entity?.name ?? id, count: list.length },
        ...list.map((finding, at): Row => ({ kind: "finding", key: `${id} ${at}`, finding, where: fieldName(entity, finding.place.path) })),
      ]);
  }, [findings, documents, severities, search]);
}

export function ProblemList({ severities, search = "" }: { severities: ReadonlySet<Finding["severity"]>; search?: string }) {
  const rows = useProblemRows(severities, search);
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroll.current, estimateSize: (at) => (rows[at]?.kind === "group" ? 28 : 52), overscan: 10, getItemKey: (at) => rows[at]?.key ?? at });
  if (rows.length === 0)
    return (
      <p role="status" className="p-4 text-sm text-muted">
        {t("No problems here. The model is checked as you change it.")}
      </p>
    );
  return (
    <div ref={scroll} className="h-full overflow-auto" aria-label={t("Problems")} role="region" tabIndex={0}>
      <div className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <div key={row.key} ref={virtual.measureElement} data-index={item.index} className="absolute start-0 w-full" style={{ top: item.start }}>
              {row.kind === "group" ? (
                <h3 className="flex h-7 items-center gap-2 bg-sunken px-3 text-sm font-semibold">
                  {row.title} <span className="font-normal text-muted">{row.count}</span>
                </h3>
              ) : (
                <FindingRow
                  finding={row.finding}
                  where={row.where}
                  onJump={() => jumpTo(row.finding.place.document, row.finding.place.path)}
                  onFix={row.finding.fix ? () => void edit(row.finding.fix?.title ?? "", row.finding.fix?.edits ?? []) : undefined}
                  onExplain={() => explain(row.finding.code)}
                />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
