/** The studio in the desktop window: one `rpc` command, one event, the file picker. */
import type { StudioEvent } from "@/contract/StudioEvent";
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { open } from "@tauri-apps/plugin-dialog";
import { CallFailed, ConnectionLost, isWireError, type Platform } from "./index";

async function call(name: string, body: Record<string, unknown>): Promise<unknown> {
  try {
    return await invoke(name, body);
  } catch (error) {
    if (isWireError(error)) throw new CallFailed(error);
    throw new ConnectionLost(error);
  }
}

export function tauriPlatform(): Platform {
  return {
    host: "desktop",
    rpc: async (command, request, options) =>
      (await call("rpc", { command, request, job: options?.job ?? null })) as never,
    cancel: async (job) => {
      await call("cancel", { job });
    },
    events: (onEvent, onLine) => {
      let stopped = false;
      let stop: (() => void) | undefined;
      void listen<StudioEvent>("studio-event", (event) => onEvent(event.payload)).then((unlisten) => {
        if (stopped) unlisten();
        else {
          stop = unlisten;
          onLine(true);
        }
      });
      return () => {
        stopped = true;
        stop?.();
      };
    },
    pickFile: async () =>
      open({
        multiple: false,
        directory: false,
        filters: [
          { name: "SQLite", extensions: ["sqlite", "sqlite3", "db", "db3"] },
          { name: "All files", extensions: ["*"] },
        ],
      }),
    openUrl: (url) => void window.open(url, "_blank", "noopener"),
  };
}
