/** Where the person is: the screen and what is selected on it. Features meet here, never in each other. */
import { createStore } from "zustand/vanilla";

export const screens = [
  "model",
  "policies",
  "data",
  "import",
  "publish",
  "audit",
  "history",
  "problems",
  "settings",
] as const;
export type Screen = (typeof screens)[number];

export const settingsPages = ["general", "members", "signing", "tokens", "keys", "tenants"] as const;
export type SettingsPage = (typeof settingsPages)[number];

export interface Place {
  screen: Screen;
  /** The page of the settings. */
  settings: SettingsPage;
  /** Selected entities, by id. */
  entities: readonly string[];
  /** The selected field of the one selected entity. */
  field: string | null;
  /** The member of the entity that a jump goes to: an id of a policy, key or index, or a key such as `name`. */
  member: string | null;
  /** The canvas moves to the selection when this number grows. */
  reveal: number;
  /** The inspector takes the focus when this number grows. */
  edit: number;
  /** The finding code whose page is open. */
  explaining: string | null;
}

export const place = createStore<Place>(() => ({
  screen: "model",
  settings: "general",
  entities: [],
  field: null,
  member: null,
  reveal: 0,
  edit: 0,
  explaining: null,
}));

export function goTo(screen: Screen) {
  place.setState({ screen });
}

export function goToSettings(settings: SettingsPage) {
  place.setState({ screen: "settings", settings });
}

export function select(entities: readonly string[], field: string | null = null) {
  const old = place.getState();
  const same = old.entities.length === entities.length && entities.every((id, at) => old.entities[at] === id);
  if (same && old.field === field && old.member === null) return;
  place.setState({ entities: same ? old.entities : entities, field, member: null });
}

/** Goes to an entity on the canvas, and to a field or another member of it; to a role among the policies. */
export function jumpTo(entity: string, path: readonly string[] = []) {
  const [list, id] = path;
  const field = list === "fields" && id !== undefined ? id : null;
  const screen: Screen = list === "policies" || entity.startsWith("rol_") ? "policies" : "model";
  place.setState((old) => ({
    screen,
    entities: [entity],
    field,
    // A policy is shown whole, whatever of it is meant.
    member: (list === "policies" ? id : path[path.length - 1]) ?? null,
    reveal: old.reveal + 1,
  }));
}

/** Opens a member of the selected entity, or none. */
export function openMember(member: string | null) {
  place.setState({ member });
}

/** Hands the focus to the inspector's name field. */
export function startEditing() {
  place.setState((old) => ({ edit: old.edit + 1 }));
}

export function explain(code: string | null) {
  place.setState({ explaining: code });
}
