/** Which entities run on local, what shape their records have there, and the records page by page. */
import { call } from "@/api/client";
import { useAnswer, useEntities } from "@/api/hooks";
import type { EntityDoc } from "@/contract/EntityDoc";
import type { ListRecords } from "@/contract/ListRecords";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";

const PAGE = 100;

export type RecordRow = Record<string, unknown>;

/** The entities that local serves; none before the first publish. */
export function useServed() {
  const status = useAnswer("targets.get_status", { target: "local" });
  const names = useMemo(() => (status.data?.entities ?? []).map((entity) => entity.name).sort((a, b) => a.localeCompare(b, "en")), [status.data]);
  return { status, names };
}

/** The entity as it was published; the draft may have moved on since. */
export function useShape(name: string): Pick<EntityDoc, "fields" | "id" | "identity"> | null {
  const drafts = useEntities();
  const version = useAnswer("registry.get_active_version", { name }, { enabled: name !== "" });
  return useMemo(() => {
    const schema = version.data?.version?.schema as Partial<EntityDoc> | undefined;
    if (Array.isArray(schema?.fields)) return schema as EntityDoc;
    return version.isPending ? null : (drafts.find((entity) => entity.name === name) ?? null);
  }, [version.data, version.isPending, drafts, name]);
}

export function useRecords(request: Omit<ListRecords, "limit" | "after" | "page">, enabled: boolean) {
  return useInfiniteQuery({
    queryKey: ["records", "records.list_records", request],
    enabled,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => call("records.list_records", { ...request, limit: PAGE, after: pageParam }),
    getNextPageParam: (page) => page.next ?? undefined,
  });
}
