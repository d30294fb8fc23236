/**
 * The seam to whatever hosts the studio: the desktop window or a browser on loopback. What is here: calls, events,
 * files. What is not: caching, retries, meaning; those live in `api/`.
 */
import type { Commands } from "@/contract/commands";
import type { StudioEvent } from "@/contract/StudioEvent";
import type { WireError } from "@/contract/WireError";

export type CommandName = keyof Commands;
export type RequestOf<K extends CommandName> = Commands[K]["request"];
export type ResponseOf<K extends CommandName> = Commands[K]["response"];

/** What goes with a call besides its request. */
export interface CallOptions {
  /** The caller's own id of a long job: its progress comes as events, and it can be cancelled. */
  job?: string;
}

export interface Platform {
  /** `desktop` has a file picker; in a `browser` a path is typed, because the core reads it and not the page. */
  readonly host: "desktop" | "browser";
  rpc<K extends CommandName>(command: K, request: RequestOf<K>, options?: CallOptions): Promise<ResponseOf<K>>;
  /** Asks a job to stop. It stops at its next step and its call is refused with `job/cancelled`. */
  cancel(job: string): Promise<void>;
  /** Calls back on each event and on each change of the line; answers a function that stops it. */
  events(onEvent: (event: StudioEvent) => void, onLine: (connected: boolean) => void): () => void;
  /** A file of the person's choice; null when none was chosen or the host has no picker. */
  pickFile(): Promise<string | null>;
  openUrl(url: string): void;
}

/** The core said no, or failed; what it said is in `wire`. */
export class CallFailed extends Error {
  constructor(readonly wire: WireError) {
    super(wire.title);
    this.name = "CallFailed";
  }
}

/** The core could not be reached at all; the same call may be tried again. */
export class ConnectionLost extends Error {
  constructor(cause?: unknown) {
    super("The connection to the workspace is lost", { cause });
    this.name = "ConnectionLost";
  }
}

/** Whether a value has the shape of a wire error. */
export function isWireError(value: unknown): value is WireError {
  return typeof value === "object" && value !== null && "code" in value && "title" in value && "status" in value;
}

/** The platform this page runs on. */
export async function choosePlatform(): Promise<Platform> {
  if (import.meta.env.MODE === "fake") return (await import("./fake")).fakePlatform();
  if ("__TAURI_INTERNALS__" in window) return (await import("./tauri")).tauriPlatform();
  return (await import("./http")).httpPlatform();
}
