/** Hooks over the client: the draft, places, queries and runs. */
import type { Edit } from "@/contract/Edit";
import type { Draft } from "@/model/draft";
import { place, type Place } from "@/model/place";
import { type Entity, entitiesOf, entityOf, findingIndex, type Role, rolesOf } from "@/model/workspace";
import type { CommandName, RequestOf, ResponseOf } from "@/platform";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useStore } from "zustand";
import { call, draft, host, jobs, queue, tagOf } from "./client";
import { notify } from "./notices";

export const useDraft = <T,>(choose: (draft: Draft) => T): T => useStore(draft.store, choose);
export const usePlace = <T,>(choose: (place: Place) => T): T => useStore(place, choose);

export const useEntities = (): readonly Entity[] => useDraft((state) => entitiesOf(state.documents));
export const useRoles = (): readonly Role[] => useDraft((state) => rolesOf(state.documents));
export const useEntity = (id: string | undefined): Entity | undefined =>
  useDraft((state) => entityOf(state.documents, id));
export const useFindingIndex = () => useDraft((state) => findingIndex(state.findings));

/** The one selected entity, if it is one. */
export function useSelectedEntity(): Entity | undefined {
  const id = usePlace((where) => (where.entities.length === 1 ? where.entities[0] : undefined));
  return useEntity(id);
}

/** The answer to a reading command, kept until something changes it. */
export function useAnswer<K extends CommandName>(
  command: K,
  request: RequestOf<K>,
  options: { enabled?: boolean; keep?: boolean } = {},
) {
  return useQuery({
    queryKey: [tagOf(command), command, request],
    queryFn: () => call(command, request),
    enabled: options.enabled ?? true,
    ...(options.keep && { placeholderData: keepPreviousData }),
  });
}

/** A changing command as something to run. */
export function useRun<K extends CommandName>(command: K) {
  return useMutation<ResponseOf<K>, unknown, RequestOf<K>>({ mutationFn: (request) => call(command, request) });
}

/** A long command with progress and cancel. */
export function useJob<K extends CommandName>(command: K) {
  const [job, setJob] = useState<string | null>(null);
  const run = useMutation<ResponseOf<K>, unknown, RequestOf<K>>({
    mutationFn: async (request) => {
      const id = crypto.randomUUID();
      setJob(id);
      try {
        return await call(command, request, { job: id });
      } finally {
        setJob(null);
      }
    },
  });
  const progress = useStore(jobs, (known) => (job === null ? undefined : known[job]));
  const cancel = useCallback(() => {
    if (job !== null) void host().cancel(job).catch((error: unknown) => notify.failure(error, "It could not be cancelled"));
  }, [job]);
  return { ...run, progress, cancel };
}

/** Applies edits as one undoable group; says so when they do not fit. */
export function edit(label: string, edits: readonly Edit[]): boolean {
  try {
    queue.apply(label, edits);
    return true;
  } catch (error) {
    notify.failure(error, "This edit does not fit the workspace any more");
    void queue.reload();
    return false;
  }
}

export function undo() {
  if (draft.get().undo !== null) void queue.undo().catch(() => undefined);
}

export function redo() {
  if (draft.get().redo !== null) void queue.redo().catch(() => undefined);
}
