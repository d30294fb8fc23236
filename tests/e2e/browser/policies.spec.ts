/** Policies, in a browser against the real core: from the table to a rule, its mistake, its quick fix and its trial. */
import { Studio } from "../support/pages";
import { bench } from "../support/programs";
import { serveStudio } from "../support/studio";
import { expect, test } from "../support/test";

test("a rule comes from a cell, its mistake is mended by a quick fix, a trial shows the clause that fails, and all of it survives a reload", async ({ page }) => {
  const { env, workspace, musicShop } = await bench();
  const core = await serveStudio(workspace, env);
  const studio = new Studio(page);
  await studio.open(core.address);
  await studio.import(musicShop, { withData: true });
  await studio.go("Policies");
  await page.getByRole("navigation", { name: "Entities" }).getByRole("button", { name: /^Customer/ }).click();

  const grid = page.getByRole("grid", { name: "Who may do what" });
  await grid.getByRole("button", { name: "everyone else, read: no rule" }).click();
  await page.getByRole("button", { name: "Add an allow here" }).click();
  const editor = page.getByRole("region", { name: "Rule EveryoneMayRead" });
  await expect(grid.getByRole("button", { name: "everyone else, read: allow" })).toBeVisible();

  const condition = editor.getByRole("textbox", { name: "Condition" });
  await condition.click();
  await page.keyboard.type("record.Contry == principal.country && record.SupportRepId == 1");
  const problems = editor.getByRole("list", { name: "Problems of the condition" });
  await expect(problems).toContainText("Contry");
  await problems.getByRole("button", { name: /Country/ }).first().click();
  await expect(problems).toBeHidden();
  await expect(condition).toHaveText("record.Country == principal.country && record.SupportRepId == 1");
  await expect(grid.getByRole("button", { name: "everyone else, read: depends" })).toBeVisible();
  await studio.saved();

  await editor.getByRole("button", { name: "Try it" }).click();
  await page.getByRole("textbox", { name: "Attributes" }).fill('{"country": "Brazil"}');
  const seen = page.getByRole("list", { name: /^Seen: \d+ of 30$/ });
  const hidden = page.getByRole("list", { name: /^Not seen: \d+$/ });
  await seen.getByRole("button").first().click();
  await expect(page.getByRole("tab", { name: /read/ })).toContainText("allowed");
  await hidden.getByRole("button").first().click();
  await expect(page.getByRole("tab", { name: /read/ })).toContainText("denied");
  const failing = page.getByText("fails here").locator("..");
  await expect(failing).toContainText("record.SupportRepId == 1");

  await page.getByRole("textbox", { name: "Attributes" }).fill('{"country": "Norway"}');
  await expect(page.getByRole("heading", { name: "Rows that are seen: 0 of 30" })).toBeVisible();

  await page.reload();
  await studio.go("Policies");
  await page.getByRole("navigation", { name: "Entities" }).getByRole("button", { name: /^Customer/ }).click();
  await page.getByRole("list", { name: "Rules" }).getByRole("button", { name: /EveryoneMayRead/ }).click();
  await expect(page.getByRole("textbox", { name: "Condition" })).toHaveText("record.Country == principal.country && record.SupportRepId == 1");
});
