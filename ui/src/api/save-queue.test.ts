import type { Edit } from "@/contract/Edit";
import type { EditResult } from "@/contract/EditResult";
import type { WorkspaceState } from "@/contract/WorkspaceState";
import { createDraft } from "@/model/draft";
import { applyAll, type DocumentsJson } from "@/model/edit";
import { CallFailed, ConnectionLost } from "@/platform";
import { expect, it, vi } from "vitest";
import { createSaveQueue, type Sender } from "./save-queue";

const start = { ent_1: { kind: "entity", format: 1, id: "ent_1", name: "A", fields: [] } } as unknown as DocumentsJson;
const setName = (value: string): Edit => ({ op: "set", document: "ent_1", path: ["name"], value });

/** A core in memory, which can be told to fail. */
function core() {
  let documents = start;
  let seq = 0;
  const inverses: Edit[][] = [];
  const failures: Error[] = [];
  const labels: string[] = [];
  const change = (edits: Edit[]): EditResult => {
    const failure = failures.shift();
    if (failure) throw failure;
    const applied = applyAll(documents, edits);
    documents = applied.documents;
    inverses.push(applied.inverse);
    seq += 1;
    return { seq, edits, findings: [], undo: labels.at(-1) ?? null, redo: null };
  };
  const sender: Sender = {
    applyEdits: (label, edits) => Promise.resolve().then(() => (labels.push(label), change(edits))),
    run: () => Promise.resolve().then(() => change(inverses.pop() ?? [])),
    getState: () =>
      Promise.resolve({
        name: "w", location: "w", seq, documents: Object.values(documents), findings: [], version: "0",
      } as unknown as WorkspaceState),
  };
  return { sender, failures, labels, name: () => (documents.ent_1 as { name: string }).name, bump: () => (seq += 1) };
}

async function open(wait: () => Promise<void> = () => Promise.resolve()) {
  const host = core();
  const draft = createDraft();
  const refusals: unknown[] = [];
  const queue = createSaveQueue(draft, host.sender, { onRefused: (error) => refusals.push(error), wait });
  await queue.reload();
  const shown = () => (draft.get().documents.ent_1 as { name: string }).name;
  const settled = () => vi.waitFor(() => expect(draft.get().saving).toEqual({ state: "saved" }));
  return { ...host, draft, queue, refusals, shown, settled };
}

it("an edit is on the screen before it is saved, and edits are sent in order", async () => {
  const studio = await open();
  studio.queue.apply("one", [setName("B")]);
  studio.queue.apply("two", [setName("C")]);
  expect(studio.shown()).toBe("C");
  expect(studio.draft.get().saving.state).toBe("saving");
  expect(studio.draft.get().undo).toBe("two");
  await studio.settled();
  expect(studio.labels).toEqual(["one", "two"]);
  expect(studio.name()).toBe("C");
  expect(studio.draft.get().seq).toBe(2);
});

it("a lost connection keeps the edits and tries again", async () => {
  const studio = await open();
  studio.failures.push(new ConnectionLost(), new ConnectionLost());
  const states: string[] = [];
  studio.draft.store.subscribe((state) => states.push(state.saving.state));
  studio.queue.apply("one", [setName("B")]);
  await studio.settled();
  expect(states).toContain("waiting");
  expect(studio.name()).toBe("B");
  expect(studio.refusals).toEqual([]);
});

it("retry does not wait for the clock", async () => {
  const studio = await open(() => new Promise(() => undefined));
  studio.failures.push(new ConnectionLost());
  studio.queue.apply("one", [setName("B")]);
  await vi.waitFor(() => expect(studio.draft.get().saving.state).toBe("waiting"));
  studio.queue.retry();
  await studio.settled();
  expect(studio.name()).toBe("B");
});

it("a refusal takes the core's state back and says so", async () => {
  const studio = await open();
  const wire = { code: "edit/does-not-fit", title: "no", params: {}, help: "", status: 409, retry: false };
  studio.failures.push(new CallFailed(wire));
  studio.queue.apply("one", [setName("B")]);
  studio.queue.apply("two", [setName("C")]);
  await studio.settled();
  expect(studio.shown()).toBe("A");
  expect(studio.refusals).toHaveLength(1);
});

it("undo goes through the core and its edits are applied here", async () => {
  const studio = await open();
  studio.queue.apply("one", [setName("B")]);
  await studio.queue.run("workspace.undo", {});
  expect(studio.shown()).toBe("A");
  expect(studio.name()).toBe("A");
});

it("a change by somebody else is fetched", async () => {
  const studio = await open();
  await studio.sender.applyEdits("theirs", [{ op: "set", document: "ent_1", path: ["label"], value: "Theirs" }], 0);
  studio.queue.apply("mine", [setName("B")]);
  await studio.settled();
  await vi.waitFor(() => expect(studio.draft.get().documents.ent_1).toMatchObject({ name: "B", label: "Theirs" }));
});
