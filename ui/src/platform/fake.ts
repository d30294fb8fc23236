/**
 * A core in memory, for `npm run dev -- --mode fake` and for tests of components. It applies edits and makes up the
 * rest; it is never part of a build. `?fake=empty|shop|large|failing|offline|conflict` chooses what it shows, `&delay=200` how
 * long it takes.
 */
import type { StudioEvent } from "@/contract/StudioEvent";
import type { ApplyEdits } from "@/contract/ApplyEdits";
import type { EditConflict } from "@/contract/EditConflict";
import { fakeCore } from "./fake/core";
import { largeWorkspace, shopWorkspace } from "./fake/samples";
import { CallFailed, ConnectionLost, type Platform } from "./index";

export function fakePlatform(sample = new URLSearchParams(window.location.search).get("fake") ?? "shop"): Platform {
  const documents = sample === "large" ? largeWorkspace(500) : sample === "empty" ? [] : shopWorkspace();
  const delay = Number(new URLSearchParams(window.location.search).get("delay") ?? 40);
  const others = new Set<string>();
  const listeners = new Set<(event: StudioEvent) => void>();
  let seq = 0;
  const emit = (event: Omit<StudioEvent, "seq">) => {
    seq += 1;
    for (const listener of listeners) listener({ seq, ...event });
  };
  const core = fakeCore(documents, emit, sample === "empty");
  return {
    host: "browser",
    rpc: async (command, request, options) => {
      await new Promise((resolve) => setTimeout(resolve, delay));
      if (sample === "conflict" && command === "workspace.apply_edits") {
        const refused = inConflict(request as never, others);
        if (refused) throw refused;
      }
      if (sample === "offline" && command !== "workspace.get_state") throw new ConnectionLost();
      if (sample === "failing" && command !== "workspace.get_state")
        throw new CallFailed({
          code: "fault/internal",
          title: "Something failed inside the core",
          params: {},
          help: "Try again; the log holds more under the incident id",
          status: 500,
          retry: false,
          incident: "inc_4f1c2a9e",
        });
      return (await core.answer(command, request, options?.job)) as never;
    },
    cancel: (job) => Promise.resolve(core.cancel(job)),
    events: (onEvent, onLine) => {
      listeners.add(onEvent);
      onLine(sample !== "offline");
      return () => listeners.delete(onEvent);
    },
    pickFile: () => Promise.resolve(null),
    openUrl: () => undefined,
  };
}

/** Somebody else was always first, once for each place. */
function inConflict(request: ApplyEdits, places: Set<string>): CallFailed | null {
  const found = request.edits.flatMap((edit, at): EditConflict[] => {
    if (edit.op !== "set" || edit.document === "dia_main") return [];
    const key = [edit.document, ...edit.path].join("/");
    if (places.has(key)) return [];
    places.add(key);
    const theirs = typeof edit.value === "string" ? `${edit.value} as Bob sees it` : null;
    const label = `Album › ${edit.path.at(-1) ?? ""}`;
    return [{
      document: edit.document, path: edit.path, label, theirs, theirsBy: "bob", theirsAt: "2026-11-21T08:12:00Z", mine: edit.value,
      base: "An album", edits: [at], useMine: [edit],
    }];
  });
  if (found.length === 0) return null;
  return new CallFailed({
    code: "workspace/conflict", title: "somebody else changed this since it was loaded", params: {}, help: "", status: 409,
    retry: false, conflicts: found,
  });
}
