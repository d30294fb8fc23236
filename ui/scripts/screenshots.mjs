// Pictures of every screen, to be looked at: node scripts/screenshots.mjs --url http://127.0.0.1:5199 --out /tmp/shots
// Options: --screens model,data  --themes light,dark  --sizes 1440x900,1024x700  --query fake=large
// Prints what the page wrote to its console, because a picture does not show that.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const options = Object.fromEntries(
  process.argv.slice(2).join(" ").split("--").filter(Boolean).map((pair) => pair.trim().split(" ")),
);
const list = (value, fallback) => (value ?? fallback).split(",");
const url = options.url ?? "http://127.0.0.1:5199";
const out = options.out ?? "screenshots";
const all = "model,policies,data,import,publish,audit,history,problems,settings";
const keys = Object.fromEntries(all.split(",").map((screen, at) => [screen, `Alt+${at + 1}`]));

mkdirSync(out, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
for (const theme of list(options.themes, "light,dark"))
  for (const size of list(options.sizes, "1440x900")) {
    const [width, height] = size.split("x").map(Number);
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme });
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && console.log(theme, message.text()));
    page.on("pageerror", (error) => console.log(theme, error.message));
    await page.goto(options.query ? `${url}/?${options.query}` : url);
    await page.waitForSelector("main");
    await page.waitForTimeout(2500);
    for (const screen of list(options.screens, all)) {
      await page.keyboard.press(keys[screen]);
      await page.waitForTimeout(900);
      await page.screenshot({ path: join(out, `${screen}-${theme}-${size}.png`) });
    }
    await page.close();
  }
await browser.close();
