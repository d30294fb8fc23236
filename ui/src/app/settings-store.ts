/** What this person likes on this machine: theme and panels. Not part of the workspace. */
import { createStore } from "zustand/vanilla";

export type Theme = "system" | "light" | "dark";

export interface Preferences {
  theme: Theme;
  problemsOpen: boolean;
}

const KEY = "maquette.preferences";

function stored(): Preferences {
  const fallback: Preferences = { theme: "system", problemsOpen: false };
  try {
    return { ...fallback, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>) };
  } catch {
    return fallback;
  }
}

export const preferences = createStore<Preferences>(() => stored());

preferences.subscribe((state) => localStorage.setItem(KEY, JSON.stringify(state)));

const dark = window.matchMedia("(prefers-color-scheme: dark)");

export const shownTheme = (): "light" | "dark" => {
  const { theme } = preferences.getState();
  return theme === "system" ? (dark.matches ? "dark" : "light") : theme;
};

/** Puts the theme on the page, now and whenever the choice or the system changes. */
export function watchTheme() {
  const put = () => {
    document.documentElement.dataset.theme = shownTheme();
  };
  put();
  preferences.subscribe(put);
  dark.addEventListener("change", () => {
    put();
    // Tells those who draw with the theme's colours.
    preferences.setState({});
  });
}
