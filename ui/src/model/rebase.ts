/**
 * Rebasing: what the person did and the core does not have yet, on top of what the core has. Others' edits come in
 * below; what no longer fits above them is left out of the picture, and the core decides about it when it is sent.
 */
import type { Edit } from "@/contract/Edit";
import type { Documents } from "./draft";
import { applyAll, EditRefused } from "./edit";

/** Applies groups one after the other; a group that does not fit is left out as a whole. */
export function onTop(confirmed: Documents, groups: Iterable<readonly Edit[]>): Documents {
  let documents = confirmed;
  for (const edits of groups) documents = tryApply(documents, edits)?.documents ?? documents;
  return documents;
}

/** Applies a group, or answers null when it does not fit. */
export function tryApply(documents: Documents, edits: readonly Edit[]): { documents: Documents; inverse: Edit[] } | null {
  try {
    const applied = applyAll(documents, edits);
    return { documents: applied.documents as Documents, inverse: applied.inverse };
  } catch (error) {
    if (error instanceof EditRefused) return null;
    throw error;
  }
}

/** The edits of a group that are in no conflict. */
export function withoutConflicts(edits: readonly Edit[], conflicts: readonly { edits: readonly number[] }[]): Edit[] {
  const wanted = new Set(conflicts.flatMap((conflict) => conflict.edits));
  return edits.filter((_, at) => !wanted.has(at));
}
