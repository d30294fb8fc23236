/**
 * Sends what the person did to the core, in order, one at a time. Edits are on the screen before they are sent; what
 * the core works out by itself (undo, renames, relations) is applied when its answer comes. When the core refuses,
 * the draft is taken anew from the core; when it cannot be reached, everything is kept and tried again.
 */
import type { Edit } from "@/contract/Edit";
import type { EditResult } from "@/contract/EditResult";
import type { WorkspaceState } from "@/contract/WorkspaceState";
import type { DraftStore } from "@/model/draft";
import { ConnectionLost, type CommandName, type RequestOf } from "@/platform";

/** Commands that answer with the edits they made. */
export type EditCommand = {
  [K in CommandName]: K extends
    | "workspace.undo"
    | "workspace.redo"
    | "entities.rename_entity"
    | "entities.rename_field"
    | "entities.add_relation"
    | "policies.add_starter"
    ? K
    : never;
}[CommandName];

interface Job {
  send(baseSeq: number): Promise<EditResult>;
  /** Whether the answer's edits are not on the screen yet. */
  applyAnswer: boolean;
  done(result: EditResult): void;
  refused(error: unknown): void;
}

export interface Sender {
  applyEdits(label: string, edits: Edit[], baseSeq: number): Promise<EditResult>;
  run<K extends EditCommand>(command: K, request: RequestOf<K>): Promise<EditResult>;
  getState(): Promise<WorkspaceState>;
}

export interface QueueOptions {
  /** Told of a refusal, once the draft is what the core has. */
  onRefused(error: unknown): void;
  /** Waits before the same thing is tried again. */
  wait?: (attempt: number) => Promise<void>;
}

const backOff = (attempt: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, Math.min(400 * 2 ** attempt, 10_000)));

export function createSaveQueue(draft: DraftStore, sender: Sender, options: QueueOptions) {
  const wait = options.wait ?? backOff;
  const jobs: Job[] = [];
  let running = false;
  let wake: (() => void) | null = null;
  let othersChanged = false;

  function push(job: Job) {
    jobs.push(job);
    if (draft.get().saving.state !== "waiting") draft.saving({ state: "saving", pending: jobs.length });
    if (!running) void drain();
  }

  async function drain() {
    running = true;
    let attempt = 0;
    for (let job = jobs[0]; job; job = jobs[0]) {
      try {
        const base = draft.get().seq;
        const result = await job.send(base);
        jobs.shift();
        attempt = 0;
        await took(job, result, base);
        if (jobs.length > 0) draft.saving({ state: "saving", pending: jobs.length });
      } catch (error) {
        if (error instanceof ConnectionLost) {
          draft.saving({ state: "waiting", pending: jobs.length, reason: error.message });
          await Promise.race([wait(attempt++), new Promise<void>((resolve) => (wake = resolve))]);
          continue;
        }
        await refused(error);
      }
    }
    running = false;
    draft.saving({ state: "saved" });
    if (othersChanged) await reload();
  }

  async function took(job: Job, result: EditResult, base: number) {
    let fits = true;
    if (job.applyAnswer) {
      try {
        draft.applyLocally(result.edits, null);
      } catch {
        fits = false;
      }
    }
    draft.answered(result, jobs.length === 0);
    job.done(result);
    // Somebody else changed the workspace in between: what they did is not on this screen.
    if (!fits || result.seq !== base + 1) othersChanged = true;
    if (othersChanged && jobs.length === 0) await reload();
  }

  async function refused(error: unknown) {
    // Edits made after the refused one may rest on it: all of them go, and the person is told.
    const lost = jobs.splice(0);
    await reload();
    for (const job of lost) job.refused(error);
    options.onRefused(error);
  }

  /** Takes the core's state in place of the draft; nothing is on its way when this is called. */
  async function reload() {
    for (let attempt = 0; ; attempt++) {
      try {
        const state = await sender.getState();
        if (jobs.length > 0) return;
        othersChanged = false;
        draft.load(state);
        return;
      } catch (error) {
        draft.failed(error);
        if (!(error instanceof ConnectionLost)) return;
        await Promise.race([wait(attempt), new Promise<void>((resolve) => (wake = resolve))]);
      }
    }
  }

  return {
    /** Applies a group at once and sends it; throws `EditRefused` when it does not fit what is on the screen. */
    apply(label: string, edits: readonly Edit[]) {
      if (edits.length === 0) return;
      draft.applyLocally(edits, label);
      const copy = [...edits];
      push({
        send: (base) => sender.applyEdits(label, copy, base),
        applyAnswer: false,
        done: () => undefined,
        refused: () => undefined,
      });
    },
    /** Runs a command that makes edits; `atOnce` is what of them can be shown before the answer. */
    run<K extends EditCommand>(command: K, request: RequestOf<K>, atOnce: readonly Edit[] = []): Promise<EditResult> {
      if (atOnce.length > 0) draft.applyLocally(atOnce, null);
      return new Promise((resolve, reject) => {
        push({ send: () => sender.run(command, request), applyAnswer: true, done: resolve, refused: reject });
      });
    },
    /** The core says that the workspace changed, by us or by somebody else. */
    changed() {
      if (running) return;
      othersChanged = true;
      void reload();
    },
    reload,
    /** Tries again now, in place of when the wait is over. */
    retry: () => {
      wake?.();
    },
    pending: () => jobs.length,
  };
}

export type SaveQueue = ReturnType<typeof createSaveQueue>;
