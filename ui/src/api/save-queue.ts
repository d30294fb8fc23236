/**
 * Sends what the person did to the core, in order, one at a time, and never makes the person wait: edits are on the
 * screen before they are sent, undo too. The screen is what the core has with what it does not have yet on top; what
 * others do comes in below. When the core cannot be reached everything is kept and tried again; where somebody else
 * changed the same place first, the person is asked, and nothing is overwritten silently.
 */
import type { Edit } from "@/contract/Edit";
import type { EditConflict } from "@/contract/EditConflict";
import type { EditResult } from "@/contract/EditResult";
import type { WorkspaceChanges } from "@/contract/WorkspaceChanges";
import type { WorkspaceState } from "@/contract/WorkspaceState";
import type { DraftStore } from "@/model/draft";
import { applyAll } from "@/model/edit";
import { onTop, tryApply, withoutConflicts } from "@/model/rebase";
import { CallFailed, type RequestOf } from "@/platform";
import { createJournal, type Journal, type UnsentConflict, type UnsentJob } from "./journal";
import { backOff, type EditCommand, isPassing, type Sender } from "./sender";

interface Job extends UnsentJob {
  done(result: EditResult): void;
  refused(error: unknown): void;
}

/** One's own group of this page, for showing its undo at once. */
interface OwnGroup {
  label: string;
  edits: readonly Edit[];
  inverse: readonly Edit[];
}

export interface QueueOptions {
  /** Told of a refusal, once the screen shows what the core has. */
  onRefused(error: unknown): void;
  /** Told of places where somebody else was first. */
  onConflicts?: (conflicts: readonly UnsentConflict[]) => void;
  /** Waits before the same thing is tried again. */
  wait?: (attempt: number) => Promise<void>;
  /** The name of this page among all that send; drawn when absent. */
  page?: string;
  journal?: Journal;
}

const nothing = () => undefined;

export function createSaveQueue(draft: DraftStore, sender: Sender, options: QueueOptions) {
  const wait = options.wait ?? backOff;
  const page = options.page ?? crypto.randomUUID();
  const journal = options.journal ?? createJournal(page);
  const jobs: Job[] = [];
  /** Answered, with a number that the confirmed state has not reached yet. */
  let answered: { shown: readonly Edit[]; id: string; seq: number }[] = [];
  let done: OwnGroup[] = [];
  let undone: OwnGroup[] = [];
  let number = 0;
  let running = false;
  let opened: string | null = null;
  let wake: (() => void) | null = null;
  /** The core has more than is confirmed here. */
  let behind = false;
  let reading: Promise<void> | null = null;

  const newId = () => `${page}/${++number}`;

  function push(job: Job) {
    journal.put({
      kind: "job", id: job.id, label: job.label, base: job.base, command: job.command, request: job.request, shown: job.shown,
    });
    jobs.push(job);
    if (draft.get().saving.state !== "waiting") draft.saving({ state: "saving", pending: jobs.length });
    if (!running) void drain();
  }

  function rebase() {
    draft.show(onTop(draft.get().confirmed, [...answered, ...jobs].map((job) => job.shown)));
  }

  async function pause(attempt: number) {
    await Promise.race([wait(attempt), new Promise<void>((resolve) => (wake = resolve))]);
  }

  async function drain() {
    running = true;
    let attempt = 0;
    for (let job = jobs[0]; job; job = jobs[0]) {
      try {
        const result = await sender.send(job.command as EditCommand, job.request);
        if (jobs[0] !== job) continue;
        jobs.shift();
        journal.remove(job.id);
        attempt = 0;
        took(job, result);
        if (behind && answered.length > 0) await catchUp();
        job.done(result);
        if (jobs.length > 0) draft.saving({ state: "saving", pending: jobs.length });
      } catch (error) {
        if (isPassing(error)) {
          draft.saving({ state: "waiting", pending: jobs.length, reason: error.message });
          await pause(attempt++);
          continue;
        }
        await refused(job, error);
      }
    }
    running = false;
    draft.saving({ state: "saved" });
    if (behind) await catchUp();
  }

  function took(job: Job, result: EditResult) {
    const { seq, confirmed } = draft.get();
    const next = result.seq === seq + 1 ? tryApply(confirmed, result.edits) : null;
    if (next) {
      draft.confirm(next.documents, result.seq);
      // What was shown is what came of it: the screen is right as it is.
      if (JSON.stringify(job.shown) !== JSON.stringify(result.edits)) rebase();
    } else if (result.seq > seq) {
      answered.push({ shown: job.shown.length > 0 ? job.shown : result.edits, id: job.id, seq: result.seq });
      behind = true;
    } else rebase();
    if (jobs.length === 0) draft.told(result);
  }

  /** Reads what the core has and this page does not. One at a time; who comes meanwhile makes it run again. */
  function catchUp(): Promise<void> {
    behind = true;
    reading ??= (async () => {
      try {
        while (behind) {
          behind = false;
          await readOn();
        }
      } finally {
        reading = null;
      }
    })();
    return reading;
  }

  async function readOn() {
    for (let attempt = 0; ; attempt++) {
      try {
        if (opened === null) return await take(await sender.getState());
        const changes = await sender.readChanges(draft.get().seq);
        if (!changes.groups || !follow(changes)) await take(await sender.getState());
        return;
      } catch (error) {
        draft.failed(error);
        if (!isPassing(error)) return;
        await pause(attempt);
      }
    }
  }

  /** Others' edits come in below what is not answered yet; false when they cannot be followed. */
  function follow(changes: WorkspaceChanges): boolean {
    let { confirmed, seq } = draft.get();
    for (const group of changes.groups ?? []) {
      if (group.seq <= seq) continue;
      if (group.seq !== seq + 1) return false;
      const next = tryApply(confirmed, group.edits);
      if (!next) return false;
      confirmed = next.documents;
      seq = group.seq;
      // Our own group that was not answered yet: it is below now.
      const own = jobs.find((job) => job.id === group.groupId);
      if (own) own.shown = [];
    }
    draft.confirm(confirmed, seq);
    answered = answered.filter((job) => job.seq > seq);
    rebase();
    if (jobs.length === 0) draft.told(changes);
    draft.released(changes.localRelease ?? null);
    return true;
  }

  /** Takes the core's whole state as confirmed. */
  async function take(state: WorkspaceState) {
    // An answer that came while the state was read may be newer than it.
    if (state.seq < draft.get().seq && opened !== null) return;
    draft.load(state);
    answered = answered.filter((job) => job.seq > state.seq);
    rebase();
    if (opened === state.id) return;
    opened = state.id;
    const left = await journal.open(state.id);
    for (const entry of left) if (entry.kind === "job") jobs.push({ ...entry, done: nothing, refused: nothing });
    const conflicts = left.filter((entry) => entry.kind === "conflict");
    if (conflicts.length > 0) options.onConflicts?.(conflicts);
    if (jobs.length === 0) return;
    rebase();
    draft.saving({ state: "saving", pending: jobs.length });
    if (!running) void drain();
  }

  async function refused(job: Job, error: unknown) {
    jobs.shift();
    const conflicts = error instanceof CallFailed && error.wire.code === "workspace/conflict" ? (error.wire.conflicts ?? []) : [];
    await catchUp();
    if (conflicts.length > 0) setAside(job, conflicts);
    journal.remove(job.id);
    rebase();
    job.refused(error);
    if (conflicts.length === 0) {
      // What the undo stack of this page says of it is no longer true.
      done = [];
      undone = [];
      options.onRefused(error);
    }
  }

  /** The rest of a group goes on; its conflicts wait for the person. */
  function setAside(job: Job, conflicts: readonly EditConflict[]) {
    const label = job.label ?? "";
    const base = draft.get().seq;
    // What the core worked out (a rename with its references) is wanted as a whole or not at all.
    const whole = job.command !== "workspace.apply_edits";
    const again = whole ? { again: { command: job.command, request: job.request } } : {};
    const waiting = (whole ? conflicts.slice(0, 1) : conflicts).map(
      (conflict): UnsentConflict => ({ kind: "conflict", id: newId(), label, base, conflict, ...again }),
    );
    for (const entry of waiting) journal.put(entry);
    const rest = whole ? [] : withoutConflicts((job.request as { edits: Edit[] }).edits, conflicts);
    if (rest.length > 0) {
      const id = newId();
      const request = { label, edits: rest, baseSeq: job.base, groupId: id };
      const next: Job = { ...job, id, request, shown: rest, done: nothing, refused: nothing };
      journal.put({ kind: "job", id, label, base: job.base, command: job.command, request, shown: rest });
      jobs.unshift(next);
    }
    options.onConflicts?.(waiting);
  }

  function apply(label: string, edits: readonly Edit[], base = draft.get().seq) {
    if (edits.length === 0) return;
    const applied = applyAll(draft.get().documents, edits);
    draft.show(applied.documents as never);
    draft.labels(label, null);
    done = [...done.slice(-199), { label, edits: [...edits], inverse: applied.inverse }];
    undone = [];
    const id = newId();
    const request = { label, edits: [...edits], baseSeq: base, groupId: id };
    push({ kind: "job", id, label, base, command: "workspace.apply_edits", request, shown: request.edits, done: nothing, refused: nothing });
  }

  function run<K extends EditCommand>(command: K, request: RequestOf<K>, atOnce: readonly Edit[] = []): Promise<EditResult> {
    const now = tryApply(draft.get().documents, atOnce);
    if (now && atOnce.length > 0) draft.show(now.documents);
    const id = newId();
    const base = draft.get().seq;
    const renames = command === "entities.rename_entity" || command === "entities.rename_field";
    const sent = { ...request, groupId: id, ...(renames && { baseSeq: base }) };
    return new Promise((resolve, reject) => {
      push({ kind: "job", id, label: null, base, command, request: sent, shown: now ? [...atOnce] : [], done: resolve, refused: reject });
    });
  }

  return {
    /** Applies a group at once and sends it; throws `EditRefused` when it does not fit what is on the screen. */
    apply,
    /** Runs a command that makes edits; `atOnce` is what of them can be shown before the answer. */
    run<K extends EditCommand>(command: K, request: RequestOf<K>, atOnce: readonly Edit[] = []): Promise<EditResult> {
      // What the core works out cannot be taken back here at once.
      done = [];
      undone = [];
      return run(command, request, atOnce);
    },
    /** Takes back the person's own newest group; at once on the screen, where this page made it. */
    undo(): Promise<EditResult> {
      const group = done.pop();
      if (group) {
        undone.push(group);
        draft.labels(done.at(-1)?.label ?? draft.get().undo, group.label);
      }
      return run("workspace.undo", {}, group?.inverse ?? []);
    },
    /** Brings the person's own oldest undone group again. */
    redo(): Promise<EditResult> {
      const group = undone.pop();
      if (group) {
        done.push(group);
        draft.labels(group.label, undone.at(-1)?.label ?? null);
      }
      return run("workspace.redo", {}, group?.edits ?? []);
    },
    /** Ends a conflict: with theirs nothing is sent, with mine it is, on the state that holds theirs. */
    decide(entry: UnsentConflict, choice: "theirs" | "mine") {
      if (choice === "mine") {
        if (entry.again) void run(entry.again.command as EditCommand, entry.again.request as never).catch(nothing);
        else apply(entry.label, entry.conflict.useMine, entry.base);
      }
      journal.remove(entry.id);
    },
    /** The core says that the workspace changed, by us or by somebody else. */
    changed() {
      behind = true;
      if (!running) void catchUp();
    },
    /** Begins on a core; nothing that was done on another one is sent to it. */
    open(): Promise<void> {
      jobs.splice(0);
      answered = [];
      done = [];
      undone = [];
      opened = null;
      wake?.();
      return catchUp();
    },
    /** Reads the whole state anew, when the person asks for it. */
    async reload() {
      if (opened === null || running) return catchUp();
      try {
        await take(await sender.getState());
      } catch (error) {
        draft.failed(error);
        if (isPassing(error)) await catchUp();
      }
    },
    /** Tries again now, in place of when the wait is over. */
    retry: () => {
      wake?.();
    },
    pending: () => jobs.length,
  };
}

export type SaveQueue = ReturnType<typeof createSaveQueue>;
