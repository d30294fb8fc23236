/** One client for the page: calls, the cache of answers, events, and the draft with its queue. */
import { changes, type Tag } from "@/contract/commands";
import type { Progress } from "@/contract/Progress";
import { createDraft } from "@/model/draft";
import {
  CallFailed,
  type CallOptions,
  type CommandName,
  ConnectionLost,
  type Platform,
  type RequestOf,
  type ResponseOf,
} from "@/platform";
import { QueryClient } from "@tanstack/react-query";
import { createStore } from "zustand/vanilla";
import type { UnsentConflict } from "./journal";
import { notify } from "./notices";
import { createSaveQueue } from "./save-queue";

/** Whether the core can be reached. */
export const line = createStore<{ connected: boolean }>(() => ({ connected: true }));

/** How far jobs are, by the id this page gave them. */
export const jobs = createStore<Record<string, Progress>>(() => ({}));

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) =>
        error instanceof ConnectionLost || (error instanceof CallFailed && error.wire.retry && failures < 3),
      retryDelay: (attempt) => Math.min(400 * 2 ** attempt, 8000),
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});

let platform: Platform | null = null;

export function host(): Platform {
  if (!platform) throw new Error("the platform is used before it was chosen");
  return platform;
}

/** The tag under which a command's answer is kept. */
export function tagOf(command: CommandName): Tag {
  const area = command.slice(0, command.indexOf("."));
  switch (area) {
    case "records":
    case "audit":
      return area;
    case "targets":
    case "publish":
      return "targets";
    case "members":
    case "keys":
    case "tokens":
    case "tenants":
      return "access";
    case "releases":
    case "registry":
    case "compiler":
    case "meta":
      return "releases";
    default:
      return "workspace";
  }
}

function stale(tags: readonly string[]) {
  for (const tag of tags) void queries.invalidateQueries({ queryKey: [tag] });
}

/** Calls the core, and makes stale what the command changes. */
export async function call<K extends CommandName>(
  command: K,
  request: RequestOf<K>,
  options?: CallOptions,
): Promise<ResponseOf<K>> {
  try {
    const answer = await host().rpc(command, request, options);
    if (!line.getState().connected) line.setState({ connected: true });
    stale(changes[command]);
    return answer;
  } catch (error) {
    if (error instanceof ConnectionLost) line.setState({ connected: false });
    throw error;
  }
}

export const draft = createDraft();

/** Places that somebody else changed first, until the person decides. */
export const conflicts = createStore<{ list: readonly UnsentConflict[]; open: boolean }>(() => ({ list: [], open: false }));

/** The person decided about a conflict. */
export function decide(entry: UnsentConflict, choice: "theirs" | "mine") {
  try {
    queue.decide(entry, choice);
    conflicts.setState(({ list, open }) => ({ list: list.filter((other) => other !== entry), open: open && list.length > 1 }));
  } catch (error) {
    notify.failure(error, "Your value does not fit the workspace any more");
  }
}

export const queue = createSaveQueue(
  draft,
  {
    send: (command, request) => call(command, request as never),
    getState: () => call("workspace.get_state", {}),
    readChanges: (after) => call("workspace.read_changes", { after }),
  },
  {
    onRefused: (error) => notify.failure(error, "The edit was refused; the workspace is shown as it is stored"),
    onConflicts: (found) => conflicts.setState(({ list }) => ({ list: [...list, ...found], open: true })),
  },
);

/** Starts the page on a platform: reads the workspace and listens. */
export function start(chosen: Platform): () => void {
  platform = chosen;
  void queue.open();
  return chosen.events(
    (event) => {
      if (event.progress) {
        const progress = event.progress;
        jobs.setState({ [progress.job]: progress });
      }
      if (event.changed.length === 0) return;
      stale(event.changed);
      if (event.changed.includes("workspace") || event.changed.includes("releases")) queue.changed();
    },
    (connected) => {
      const before = line.getState().connected;
      line.setState({ connected });
      if (!connected || before) return;
      queue.retry();
      queue.changed();
      void queries.invalidateQueries();
    },
  );
}
