/** Every command of the studio: the one list behind the palette, the keys and their help. */
import { redo, undo } from "@/api/hooks";
import { addEntity, addField, autoLayout, deleteSelection } from "@/features/entities/actions";
import { t } from "@/kit/text";
import { goTo, goToSettings, place, type Screen, type SettingsPage } from "@/model/place";
import { draft, queue } from "@/api/client";
import { preferences, shownTheme } from "./settings-store";

export interface Command {
  id: string;
  title: string;
  /** As shown; `Ctrl` stands for the command key on a Mac too. */
  keys?: string;
  run: () => void;
  enabled?: () => boolean;
}

const screen = (to: Screen, title: string, keys: string): Command => ({ id: `go.${to}`, title, keys, run: () => goTo(to) });

const settings = (page: SettingsPage, title: string): Command => ({ id: `go.settings.${page}`, title, run: () => goToSettings(page) });

export const commands: readonly Command[] = [
  screen("model", t("Go to model"), "Alt 1"),
  screen("policies", t("Go to policies"), "Alt 2"),
  screen("data", t("Go to data"), "Alt 3"),
  screen("import", t("Go to import"), "Alt 4"),
  screen("publish", t("Go to publish"), "Alt 5"),
  screen("audit", t("Go to audit"), "Alt 6"),
  screen("history", t("Go to history"), "Alt 7"),
  screen("problems", t("Go to problems"), "Alt 8"),
  screen("settings", t("Go to settings"), "Alt 9"),
  settings("members", t("Go to members of the workspace")),
  settings("signing", t("Go to the signing key")),
  settings("tokens", t("Go to tokens of a server")),
  settings("keys", t("Go to keys a server trusts")),
  settings("tenants", t("Go to tenants of a server")),
  { id: "edit.undo", title: t("Undo"), keys: "Ctrl Z", run: undo, enabled: () => draft.get().undo !== null },
  { id: "edit.redo", title: t("Redo"), keys: "Ctrl Shift Z", run: redo, enabled: () => draft.get().redo !== null },
  { id: "entity.add", title: t("Add entity"), keys: "Ctrl Shift E", run: () => addEntity() },
  {
    id: "field.add",
    title: t("Add field to the selected entity"),
    keys: "Ctrl Shift F",
    run: () => {
      const [id] = place.getState().entities;
      if (id !== undefined) addField(id);
    },
    enabled: () => place.getState().entities.length === 1,
  },
  { id: "selection.delete", title: t("Delete the selection"), run: deleteSelection, enabled: () => place.getState().entities.length > 0 },
  { id: "diagram.layout", title: t("Lay out the diagram"), keys: "Ctrl Shift L", run: () => void autoLayout() },
  { id: "view.problems", title: t("Show or hide the problems panel"), keys: "Ctrl J", run: () => preferences.setState((old) => ({ problemsOpen: !old.problemsOpen })) },
  { id: "view.theme", title: t("Switch between light and dark"), keys: "Ctrl Shift K", run: () => preferences.setState({ theme: shownTheme() === "dark" ? "light" : "dark" }) },
  { id: "workspace.reload", title: t("Read the workspace again"), run: () => void queue.reload() },
];

/** Whether a key press is what `keys` says. */
export function pressed(event: KeyboardEvent, keys: string): boolean {
  const parts = keys.split(" ");
  const key = parts[parts.length - 1] ?? "";
  const code = /^\d$/.test(key) ? `Digit${key}` : `Key${key}`;
  return (
    event.code === code &&
    (event.ctrlKey || event.metaKey) === parts.includes("Ctrl") &&
    event.shiftKey === parts.includes("Shift") &&
    event.altKey === parts.includes("Alt")
  );
}
