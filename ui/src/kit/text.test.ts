import { expect, it } from "vitest";
import english from "./texts/en.json";
import { short, t } from "./text";

it("a text is its own key, with values and plural forms", () => {
  expect(t("Undo: {{label}}", { label: "Rename `a`" })).toBe("Undo: Rename `a`");
  expect(t("{{count}} entities", { count: 1 })).toBe("1 entity");
  expect(t("{{count}} entities", { count: 1200 })).toBe("1,200 entities");
});

it("every counted text has both of its forms", () => {
  const sources = Object.values(import.meta.glob("../**/*.{ts,tsx}", { eager: true, query: "?raw", import: "default" })).join("\n");
  const known = new Set(Object.keys(english));
  const counted = [...sources.matchAll(/t\("([^"]*\{\{count\}\}[^"]*)"/g)].map((match) => match[1]);
  expect(counted.length).toBeGreaterThan(20);
  expect(counted.filter((text) => !known.has(`${text}_one`) || !known.has(`${text}_other`))).toEqual([]);
});

it("a digest is shown by its first letters", () => {
  expect(short("sha256:0123456789abcdef")).toBe("0123456789");
});
