/** Sources that were looked at on this machine, newest first. */
const KEY = "maquette.sources";

export function recentSources(): string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(list) ? list.filter((entry) => typeof entry === "string") : [];
  } catch {
    return [];
  }
}

export function rememberSource(source: string) {
  localStorage.setItem(KEY, JSON.stringify([source, ...recentSources().filter((other) => other !== source)].slice(0, 8)));
}
