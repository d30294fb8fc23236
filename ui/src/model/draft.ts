/**
 * The draft: what the person sees and changes. Edits are applied here at once; `api/save-queue` sends them and tells
 * the draft what came of it. Not here: sending, and any rule about what is right; the core checks and is right.
 */
import type { Document } from "@/contract/Document";
import type { Finding } from "@/contract/Finding";
import type { WorkspaceState } from "@/contract/WorkspaceState";
import { createStore } from "zustand/vanilla";

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
  /** Who works here, as the history names them. */
  user: string;
  /** The number up to which `confirmed` holds what the core has. */
  seq: number;
  /** What the core has. */
  confirmed: Documents;
  /** What is on the screen: `confirmed` with what is not answered yet on top. */
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
  user: "",
  seq: 0,
  confirmed: {},
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
      const confirmed = keepSame(getState().documents, state.documents);
      setState({
        status: "ready",
        problem: null,
        name: state.name,
        location: state.location,
        version: state.version,
        localRelease: state.localRelease ?? null,
        user: state.user,
        seq: state.seq,
        confirmed,
        documents: confirmed,
        findings: state.findings,
        undo: state.undo ?? null,
        redo: state.redo ?? null,
      });
    },
    failed(problem: unknown) {
      setState({ status: getState().status === "ready" ? "ready" : "failed", problem });
    },
    /** The core has these documents at this number; what is on the screen stays. */
    confirm(confirmed: Documents, seq: number) {
      setState({ confirmed, seq });
    },
    /** What is on the screen. */
    show(documents: Documents) {
      if (documents !== getState().documents) setState({ documents });
    },
    /** What undo and redo would do once everything that was done here is sent. */
    labels(undo: string | null, redo: string | null) {
      setState({ undo, redo });
    },
    /** What the core says of its newest state. */
    told(words: { findings: Finding[]; undo?: string | null; redo?: string | null }) {
      setState({ findings: words.findings, undo: words.undo ?? null, redo: words.redo ?? null });
    },
    released(localRelease: string | null) {
      setState({ localRelease });
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
