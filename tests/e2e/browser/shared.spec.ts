/** One workspace on Postgres and several studios: what one does the other sees, and a slow line holds nobody up. */
import { Studio } from "../support/pages";
import { bench, run } from "../support/programs";
import { postgresWorkspace, slowLine } from "../support/postgres";
import { serveStudio } from "../support/studio";
import { expect, test } from "../support/test";

const as = (env: NodeJS.ProcessEnv, user: string) => ({ ...env, MAQUETTE_USER: user });

test("two studios see each other's edits at once, and each takes back their own", async ({ browser }) => {
  const { env, musicShop } = await bench();
  const workspace = await postgresWorkspace();
  const [ann, bob] = [new Studio(await (await browser.newContext()).newPage()), new Studio(await (await browser.newContext()).newPage())];
  await ann.open((await serveStudio(workspace, as(env, "ann"))).address);
  await bob.open((await serveStudio(workspace, as(env, "bob"))).address);
  await ann.import(musicShop, { withData: false });
  await bob.go("Model");
  await expect(bob.card("Track"), "an import of one is on the other's canvas").toBeAttached();
  await ann.select("Customer");
  await ann.rename("Client");
  await expect(bob.card("Client")).toBeAttached();
  await expect(bob.card("Customer")).toHaveCount(0);
  // Different places, each by somebody else.
  await ann.select("Album");
  await bob.select("Genre");
  await Promise.all([ann.rename("Record"), bob.rename("Style")]);
  for (const studio of [ann, bob]) for (const name of ["Record", "Style"]) await expect(studio.card(name)).toBeAttached();
  const exported = await run("maquette", ["check", workspace, "--json"], env);
  expect((JSON.parse(exported) as { data: { errors: number } }).data.errors).toBe(0);
  // Each takes back what is their own.
  await ann.undo();
  for (const studio of [ann, bob]) {
    await studio.go("Model");
    await expect(studio.card("Album")).toBeAttached();
    await expect(studio.card("Style"), "the other's edit stands").toBeAttached();
  }
});

test("on a slow line nothing waits for the store, and nothing is lost when the page is closed", async ({ page, context }) => {
  test.setTimeout(180_000);
  const { env, musicShop, folder } = await bench();
  const line = await slowLine(await postgresWorkspace());
  try {
    const core = await serveStudio(line.address, env);
    const studio = new Studio(page);
    await studio.open(core.address);
    await studio.import(musicShop, { withData: false });
    line.slow(100);
    await studio.select("Employee");
    const description = studio.inspector.getByRole("textbox", { name: "Description" }).first();
    line.stop();
    // The store answers nothing from here on; the page goes on.
    await description.fill("Who plays");
    await description.press("Tab");
    await expect(page.getByRole("contentinfo").getByRole("status")).toHaveText(/Saving/);
    await studio.select("Customer");
    await studio.inspector.getByRole("textbox", { name: "Description" }).first().fill("What is played");
    await page.keyboard.press("Tab");
    await studio.select("Employee");
    await expect(description).toHaveValue("Who plays");
    await studio.press("Control+z");
    await expect(page.getByRole("contentinfo").getByRole("status")).toHaveText(/Saving/);
    line.go();
    await studio.saved();
    // Undone was the newest edit, and the one before it stands.
    await expect(description).toHaveValue("Who plays");
    line.stop();
    await description.fill("Who sings");
    await description.press("Tab");
    await expect(page.getByRole("contentinfo").getByRole("status")).toHaveText(/Saving/);
    await page.close();
    line.go();
    const again = new Studio(await context.newPage());
    await again.page.goto(new URL("/", core.address).href);
    await again.saved();
    await run("maquette", ["export", line.address, "--out", `${folder}/out`], env);
    await again.select("Employee");
    await expect(again.inspector.getByRole("textbox", { name: "Description" }).first()).toHaveValue("Who sings");
  } finally {
    line.close();
  }
});
