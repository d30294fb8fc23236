/** Playwright's `test`, with one thing more: nothing a test started outlives it. */
import { test as base } from "@playwright/test";
import { tidyUp } from "./programs";

export { expect } from "@playwright/test";

export const test = base.extend<{ tidy: void }>({
  tidy: [
    async ({}, use) => {
      await use();
      await tidyUp();
    },
    { auto: true },
  ],
});
