/** How long a token may live, as people choose it. */
import { t } from "@/kit/text";

const day = 86_400;

export const lifetimes: readonly { seconds: number; title: string }[] = [
  { seconds: 3_600, title: t("an hour") },
  { seconds: day, title: t("a day") },
  { seconds: 7 * day, title: t("a week") },
  { seconds: 30 * day, title: t("30 days") },
  { seconds: 90 * day, title: t("90 days") },
  { seconds: 365 * day, title: t("a year") },
];

/** A list as people type one: with commas or spaces. */
export const words = (text: string): string[] => text.split(/[,\s]+/).filter(Boolean);
