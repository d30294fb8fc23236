/**
 * A core in memory, for `npm run dev -- --mode fake` and for tests of components. It applies edits and makes up the
 * rest; it is never part of a build. `?fake=empty|shop|large|failing|offline` chooses what it shows.
 */
import type { StudioEvent } from "@/contract/StudioEvent";
import { fakeCore } from "./fake/core";
import { largeWorkspace, shopWorkspace } from "./fake/samples";
import { CallFailed, ConnectionLost, type Platform } from "./index";

export function fakePlatform(sample = new URLSearchParams(window.location.search).get("fake") ?? "shop"): Platform {
  const documents = sample === "large" ? largeWorkspace(500) : sample === "empty" ? [] : shopWorkspace();
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
      await new Promise((resolve) => setTimeout(resolve, 40));
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
