/**
 * The words of the studio. A text stands in the code in English and is its own key; `texts/en.json` holds only what
 * English needs besides (plural forms). Findings and refusals are translated by code from the generated catalogue.
 */
import catalogue from "@/contract/findings.json";
import { createInstance } from "i18next";
import english from "./texts/en.json";

const number = new Intl.NumberFormat("en");

const words = createInstance();
void words.init({
  lng: "en",
  fallbackLng: "en",
  initAsync: false,
  keySeparator: false,
  nsSeparator: false,
  resources: { en: { translation: english, finding: catalogue } },
});

/** Puts values in their places; numbers as people read them. */
const filled = (text: string, values: Readonly<Record<string, string | number>>) =>
  text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? number.format(value) : value;
  });

export const t = (text: string, values: Readonly<Record<string, string | number>> = {}): string =>
  filled(words.t(text, { ...values, skipInterpolation: true }), values);

/** The sentence of a finding in the person's language; the core's own English where the code is not known here. */
export function sentence(finding: { code: string; message: string; params: Record<string, string> }): string {
  if (words.language === "en") return finding.message;
  const known = words.getResource(words.language, "finding", finding.code) as { message: string } | undefined;
  return known ? filled(known.message, finding.params) : finding.message;
}

export const count = (value: number) => number.format(value);

const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
export function when(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : moment.format(date);
}

/** The first letters of a digest, enough to tell two apart. */
export const short = (digest: string) => digest.replace(/^sha256:/, "").slice(0, 10);
