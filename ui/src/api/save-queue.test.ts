import type { Edit } from "@/contract/Edit";
import type { EditConflict } from "@/contract/EditConflict";
import type { EditResult } from "@/contract/EditResult";
import type { WorkspaceState } from "@/contract/WorkspaceState";
import { createDraft } from "@/model/draft";
import { applyAll, type DocumentsJson } from "@/model/edit";
import { CallFailed, ConnectionLost } from "@/platform";
import { expect, it, vi } from "vitest";
import { createJournal, type UnsentConflict } from "./journal";
import { createSaveQueue } from "./save-queue";
import type { Sender } from "./sender";

const start = { ent_1: { kind: "entity", format: 1, id: "ent_1", name: "A", fields: [] } } as unknown as DocumentsJson;
const set = (key: string, value: string): Edit => ({ op: "set", document: "ent_1", path: [key], value });
const setName = (value: string) => set("name", value);
const addField = (id: string): Edit => ({ op: "add", document: "ent_1", path: ["fields"], value: { id, name: id } });

interface Sent {
  label?: string;
  edits?: Edit[];
  groupId: string;
}

/** A core in memory, which can be told to fail, to wait, and to lose its answer. */
function core() {
  let documents = start;
  const log: { seq: number; groupId: string | null; label: string; actor: string; edits: Edit[]; inverse: Edit[] }[] = [];
  const failures: Error[] = [];
  const commands: string[] = [];
  const gate = { wait: () => Promise.resolve(), loseNextAnswer: false };
  const commit = (label: string, edits: Edit[], groupId: string | null): EditResult => {
    const applied = applyAll(documents, edits);
    documents = applied.documents;
    const seq = log.length + 1;
    log.push({ seq, groupId, label, actor: "ann", edits, inverse: applied.inverse });
    return { seq, edits, findings: [], undo: label, redo: null };
  };
  const labels = () => log.map((group) => group.label);
  const sender: Sender = {
    send: async (command, request) => {
      const { label, edits, groupId } = request as Sent;
      commands.push(command);
      await gate.wait();
      const failure = failures.shift();
      if (failure) throw failure;
      const before = log.find((group) => group.groupId === groupId);
      if (before) return { seq: before.seq, edits: before.edits, findings: [], undo: null, redo: null };
      const result = commit(label ?? command, edits ?? log.at(-1)?.inverse ?? [], groupId);
      if (gate.loseNextAnswer) {
        gate.loseNextAnswer = false;
        throw new ConnectionLost();
      }
      return result;
    },
    getState: () =>
      Promise.resolve({
        id: "sto_1", user: "ann", name: "w", location: "w", seq: log.length, documents: Object.values(documents), findings: [], version: "0",
      } as unknown as WorkspaceState),
    readChanges: (after) =>
      Promise.resolve({ seq: log.length, groups: log.filter((group) => group.seq > after), findings: [], undo: null, redo: null }),
  };
  const entity = () => documents.ent_1 as { name: string; fields: { id: string }[] };
  return { sender, failures, labels, commands, gate, entity, others: (edits: Edit[]) => commit("theirs", edits, null) };
}

interface Options {
  wait?: () => Promise<void>;
  host?: ReturnType<typeof core>;
  storage?: Storage;
  page?: string;
}

async function open({ wait = () => Promise.resolve(), host = core(), storage = memory(), page = "page" }: Options = {}) {
  const draft = createDraft();
  const refusals: unknown[] = [];
  const conflicts: UnsentConflict[] = [];
  const queue = createSaveQueue(draft, host.sender, {
    onRefused: (error) => refusals.push(error),
    onConflicts: (found) => conflicts.push(...found),
    wait, page, journal: createJournal(page, storage, null),
  });
  await queue.reload();
  const shown = () => draft.get().documents.ent_1 as { name: string; label?: string; fields: { id: string }[] };
  const settled = () => vi.waitFor(() => expect(draft.get().saving).toEqual({ state: "saved" }));
  const kept = () => Object.keys(storage).filter((key) => key.startsWith("maquette.unsent"));
  return { ...host, host, draft, queue, refusals, conflicts, shown, settled, kept, storage };
}

/** A storage of its own for each test. */
function memory(): Storage {
  const methods = {
    getItem(this: Record<string, string>, key: string) { return this[key] ?? null; },
    setItem(this: Record<string, string>, key: string, value: string) { this[key] = value; },
    removeItem(this: Record<string, string>, key: string) { Reflect.deleteProperty(this, key); },
    key(this: object, at: number) { return Object.keys(this)[at] ?? null; },
    clear: () => undefined,
  };
  const storage = Object.create(methods) as Storage;
  Object.defineProperty(storage, "length", { get: () => Object.keys(storage).length, enumerable: false });
  return storage;
}

const conflictOf = (theirs: string, mine: Edit): EditConflict => ({
  document: "ent_1", path: ["name"], label: "A › name", theirs, theirsBy: "bob", theirsAt: "2026-01-01T00:00:00Z", mine: "mine",
  base: "A", edits: [0], useMine: [mine],
});
const refusal = (code: string, conflicts: EditConflict[] = []) =>
  new CallFailed({ code, title: "no", params: {}, help: "", status: 409, retry: false, conflicts });

it("an edit is on the screen before it is saved, and edits are sent in order", async () => {
  const studio = await open();
  studio.queue.apply("one", [setName("B")]);
  studio.queue.apply("two", [setName("C")]);
  expect(studio.shown().name).toBe("C");
  expect(studio.draft.get().saving.state).toBe("saving");
  expect(studio.draft.get().undo).toBe("two");
  await studio.settled();
  expect(studio.labels()).toEqual(["one", "two"]);
  expect(studio.entity().name).toBe("C");
  expect(studio.draft.get().seq).toBe(2);
});

it("while the core takes its time, edits, undo and redo go on at once", async () => {
  const studio = await open();
  let go = () => undefined as void;
  studio.gate.wait = () => new Promise<void>((resolve) => (go = resolve));
  studio.queue.apply("one", [setName("B")]);
  studio.queue.apply("two", [addField("fld_1")]);
  void studio.queue.undo();
  expect(studio.shown()).toMatchObject({ name: "B", fields: [] });
  expect(studio.draft.get()).toMatchObject({ undo: "one", redo: "two" });
  void studio.queue.redo();
  expect(studio.shown().fields).toHaveLength(1);
  void studio.queue.undo();
  await vi.waitFor(() => {
    go();
    expect(studio.draft.get().saving).toEqual({ state: "saved" });
  });
  expect(studio.commands).toEqual([
    "workspace.apply_edits", "workspace.apply_edits", "workspace.undo", "workspace.redo", "workspace.undo",
  ]);
  expect(studio.shown()).toEqual(studio.entity());
});

it("a lost connection keeps the edits and tries again", async () => {
  const studio = await open();
  studio.failures.push(new ConnectionLost(), new ConnectionLost());
  const states: string[] = [];
  studio.draft.store.subscribe((state) => states.push(state.saving.state));
  studio.queue.apply("one", [setName("B")]);
  await studio.settled();
  expect(states).toContain("waiting");
  expect(studio.entity().name).toBe("B");
  expect(studio.refusals).toEqual([]);
});

it("retry does not wait for the clock", async () => {
  const studio = await open({ wait: () => new Promise(() => undefined) });
  studio.failures.push(new ConnectionLost());
  studio.queue.apply("one", [setName("B")]);
  await vi.waitFor(() => expect(studio.draft.get().saving.state).toBe("waiting"));
  studio.queue.retry();
  await studio.settled();
  expect(studio.entity().name).toBe("B");
});

it("a group whose answer was lost is not applied twice", async () => {
  const studio = await open();
  studio.gate.loseNextAnswer = true;
  studio.queue.apply("one", [addField("fld_1")]);
  await studio.settled();
  expect(studio.labels()).toEqual(["one"]);
  expect(studio.shown().fields).toHaveLength(1);
});

it("a refusal takes only what was refused off the screen and says so", async () => {
  const studio = await open();
  studio.failures.push(refusal("edit/does-not-fit"));
  studio.queue.apply("one", [setName("B")]);
  studio.queue.apply("two", [set("label", "L")]);
  await studio.settled();
  expect(studio.shown()).toMatchObject({ name: "A", label: "L" });
  expect(studio.labels()).toEqual(["two"]);
  expect(studio.refusals).toHaveLength(1);
});

it("what the core works out is applied here when its answer comes", async () => {
  const studio = await open();
  studio.queue.apply("one", [setName("B")]);
  await studio.queue.run("workspace.undo", {});
  expect(studio.shown().name).toBe("A");
  expect(studio.entity().name).toBe("A");
});

it("others' edits come in below those that wait to be sent", async () => {
  const studio = await open();
  let go = () => undefined as void;
  studio.gate.wait = () => new Promise<void>((resolve) => (go = resolve));
  studio.queue.apply("mine", [setName("B")]);
  studio.others([set("label", "Theirs"), setName("Theirs")]);
  expect(studio.shown()).toMatchObject({ name: "B" });
  go();
  await studio.settled();
  await vi.waitFor(() => expect(studio.shown()).toEqual(studio.entity()));
  expect(studio.shown()).toMatchObject({ name: "B", label: "Theirs" });
  studio.others([set("label", "Again")]);
  studio.queue.changed();
  await vi.waitFor(() => expect(studio.shown().label).toBe("Again"));
});

it("what was not sent survives the page, is sent by the next one once, and is forgotten then", async () => {
  const first = await open({ wait: () => new Promise(() => undefined) });
  first.failures.push(new ConnectionLost());
  first.gate.loseNextAnswer = true;
  first.queue.apply("one", [addField("fld_1")]);
  first.queue.apply("two", [setName("B")]);
  await vi.waitFor(() => expect(first.draft.get().saving.state).toBe("waiting"));
  expect(first.kept()).toEqual(["maquette.unsent/sto_1/page"]);
  first.failures.splice(0);
  const second = await open({ host: first.host, storage: first.storage, page: "next" });
  expect(second.shown()).toMatchObject({ name: "B", fields: [{ id: "fld_1" }] });
  await second.settled();
  expect(second.labels()).toEqual(["one", "two"]);
  expect(second.kept()).toEqual([]);
  expect(second.shown()).toEqual(second.entity());
});

it("a conflict shows theirs, sends the rest, and mine only when the person says so", async () => {
  const studio = await open();
  studio.others([setName("Theirs")]);
  studio.failures.push(refusal("workspace/conflict", [conflictOf("Theirs", setName("mine"))]));
  studio.queue.apply("Rename", [setName("mine"), set("label", "L")]);
  await studio.settled();
  expect(studio.shown()).toMatchObject({ name: "Theirs", label: "L" });
  expect(studio.refusals).toEqual([]);
  const [entry] = studio.conflicts;
  expect(entry).toMatchObject({ label: "Rename", base: 1, conflict: { theirs: "Theirs", mine: "mine" } });
  expect(studio.kept()).toHaveLength(1);
  // The page closes undecided: the next one asks again.
  const next = await open({ host: studio.host, storage: studio.storage, page: "next" });
  expect(next.conflicts).toEqual([entry]);
  if (entry) next.queue.decide(entry, "mine");
  await next.settled();
  expect(next.entity().name).toBe("mine");
  expect(next.kept()).toEqual([]);
});

it("keeping theirs sends nothing", async () => {
  const studio = await open();
  studio.others([setName("Theirs")]);
  studio.failures.push(refusal("workspace/conflict", [conflictOf("Theirs", setName("mine"))]));
  studio.queue.apply("Rename", [setName("mine")]);
  await studio.settled();
  const [entry] = studio.conflicts;
  if (entry) studio.queue.decide(entry, "theirs");
  expect(studio.labels()).toEqual(["theirs"]);
  expect(studio.kept()).toEqual([]);
});
