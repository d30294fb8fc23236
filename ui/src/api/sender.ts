/** What the save queue asks of the core, and when asking again may help. */
import type { EditResult } from "@/contract/EditResult";
import type { WorkspaceChanges } from "@/contract/WorkspaceChanges";
import type { WorkspaceState } from "@/contract/WorkspaceState";
import { CallFailed, type CommandName, ConnectionLost } from "@/platform";

/** Commands that answer with the edits they made. */
export type EditCommand = {
  [K in CommandName]: K extends
    | "workspace.undo"
    | "workspace.redo"
    | "entities.rename_entity"
    | "entities.rename_field"
    | "entities.add_relation"
    | "policies.add_starter"
    | "roles.add_personas"
    | "roles.rename_role"
    ? K
    : never;
}[CommandName];

export interface Sender {
  send(command: "workspace.apply_edits" | EditCommand, request: unknown): Promise<EditResult>;
  getState(): Promise<WorkspaceState>;
  readChanges(after: number): Promise<WorkspaceChanges>;
}

/** Waits longer with every attempt. */
export const backOff = (attempt: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, Math.min(400 * 2 ** attempt, 10_000)));

/** Whether the same request may work later: the line, or what is behind it, is down. */
export const isPassing = (error: unknown): error is Error =>
  error instanceof ConnectionLost || (error instanceof CallFailed && error.wire.retry && error.wire.status >= 500);
