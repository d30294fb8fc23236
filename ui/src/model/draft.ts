/**
 * The draft: what the person sees and changes. Edits are applied here at once; `api/save-queue` sends them and tells
 * the draft what came of it. Not here: sending, and any rule about what is right; the core checks and is right.
 */
import type { Document } from "@/contract/Document";
import type { Edit } from "@/contract/Edit";
import type { EditResult } from "@/contract/EditResult";
import type { Finding } from "@/contract/Finding";
import type { WorkspaceState } from "@/contract/WorkspaceState";
import { createStore } from "zustand/vanilla";
import { applyAll } from "./edit";

export type Documents = Readonly<Record<string, Document>>;

/** How far the edits of this person have come. */
export type Saving =
  | { state: "saved" }
  | { state: "saving"; pending: number }
  /** The core cannot be reached; the edits are kept and tried again. */
  | { state: "waiting"; pending: number; reason: string };

export interface Draft {
  status: "loading" | "ready" | "failed";
  problem: unknown;
  name: string;
  location: string;
  version: string;
  localRelease: string | null;
  seq: number;
  documents: Documents;
  findings: readonly Finding[];
  undo: string | null;
  redo: string | null;
  saving: Saving;
}

const empty: Draft = {
  status: "loading",
  problem: null,
  name: "",
  location: "",
  version: "",
  localRelease: null,
  seq: 0,
  documents: {},
  findings: [],
  undo: null,
  redo: null,
  saving: { state: "saved" },
};

export function createDraft() {
  const store = createStore<Draft>(() => empty);
  const { setState, getState } = store;
  return {
    store,
    get: getState,
    /** Takes the core's state in place of everything. */
    load(state: WorkspaceState) {
      setState({
        status: "ready",
        problem: null,
        name: state.name,
        location: state.location,
        version: state.version,
        localRelease: state.localRelease ?? null,
        seq: state.seq,
        documents: keepSame(getState().documents, state.documents),
        findings: state.findings,
        undo: state.undo ?? null,
        redo: state.redo ?? null,
      });
    },
    failed(problem: unknown) {
      setState({ status: getState().status === "ready" ? "ready" : "failed", problem });
    },
    /** Applies edits as one named group; throws `EditRefused` when they do not fit. */
    applyLocally(edits: readonly Edit[], label: string | null) {
      const { documents } = applyAll(getState().documents, edits);
      setState({ documents: documents as Documents, ...(label === null ? {} : { undo: label, redo: null }) });
    },
    /** Takes what the core answered to an edit; the labels only when nothing newer is on its way. */
    answered(result: EditResult, last: boolean) {
      setState({ seq: result.seq });
      if (last) setState({ findings: result.findings, undo: result.undo ?? null, redo: result.redo ?? null });
    },
    saving(saving: Saving) {
      setState({ saving });
    },
    reset() {
      setState(empty, true);
    },
  };
}

export type DraftStore = ReturnType<typeof createDraft>;

/** Documents that did not change stay the same object, so that a reload does not draw everything again. */
function keepSame(old: Documents, fresh: readonly Document[]): Documents {
  const documents: Record<string, Document> = {};
  for (const document of fresh) {
    const before = old[document.id];
    documents[document.id] = before && JSON.stringify(before) === JSON.stringify(document) ? before : document;
  }
  return documents;
}
