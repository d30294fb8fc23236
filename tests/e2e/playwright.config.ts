/**
 * End-to-end tests: the studio in Debian's Chromium against the real core over loopback (`browser`), and the real
 * desktop window driven by WebDriver (`window`). Nothing is downloaded, nothing is mocked.
 */
import { defineConfig } from "@playwright/test";

export default defineConfig({
  forbidOnly: true,
  retries: 0,
  // Every test starts its own core on its own workspace; two at a time is what two processors carry.
  workers: 2,
  fullyParallel: true,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  outputDir: "test-results",
  reporter: [["list"], ["json", { outputFile: process.env.E2E_REPORT ?? "test-results/report.json" }]],
  use: {
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    viewport: { width: 1440, height: 900 },
    actionTimeout: 15_000,
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "browser", testDir: "browser" },
    { name: "window", testDir: "window", workers: 1, fullyParallel: false },
    // Benchmarks of the real window; no lane runs them.
    { name: "bench", testDir: "bench", workers: 1, fullyParallel: false, timeout: 300_000 },
  ],
});
