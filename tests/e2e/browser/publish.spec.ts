/** Publishing and running, in a browser against the real core and a real server: nothing acknowledged is ever lost. */
import { join } from "node:path";
import { Studio } from "../support/pages";
import { bench, run } from "../support/programs";
import { initServer, serveServer, serveStudio } from "../support/studio";
import { expect, test } from "../support/test";

const standard = "Standard roles";

test("rows come along with an import and are there after a kill", async ({ page }) => {
  const { env, workspace, musicShop } = await bench();
  let core = await serveStudio(workspace, env);
  const studio = new Studio(page);
  await studio.open(core.address);
  await studio.import(musicShop, { withData: true, starter: standard });
  const artists = await studio.records("Artist");
  await expect(artists.getByRole("row").nth(1)).toBeVisible();
  const counted = await page.getByText(/^[\d,]+ records$/).innerText();
  await core.kill();

  core = await serveStudio(workspace, env);
  await studio.open(core.address);
  await studio.records("Artist");
  await expect(page.getByText(counted, { exact: true })).toBeVisible();
});

test("a record is made, changed and deleted, and each survives a kill", async ({ page }) => {
  const { env, workspace, musicShop } = await bench();
  let core = await serveStudio(workspace, env);
  const studio = new Studio(page);
  await studio.open(core.address);
  await studio.import(musicShop, { withData: true, starter: standard });
  const reopen = async () => {
    await core.kill();
    core = await serveStudio(workspace, env);
    await studio.open(core.address);
    return studio.records("Genre");
  };
  await studio.records("Genre");
  await page.getByRole("button", { name: "Record", exact: true }).click();
  const form = page.getByRole("complementary", { name: /record/i });
  await form.getByLabel(/^id/).fill("9001");
  await form.getByLabel(/^Name/).fill("Chamber");
  await form.getByRole("button", { name: "Create" }).click();
  await expect(page.getByText("The record was created")).toBeVisible();

  let genres = await reopen();
  await page.getByRole("textbox", { name: "Filter Name" }).fill("=Chamber");
  await genres.getByRole("row", { name: /9001/ }).dblclick();
  await form.getByLabel(/^Name/).fill("Chamber music");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The record was saved")).toBeVisible();

  genres = await reopen();
  await page.getByRole("textbox", { name: "Filter Name" }).fill("=Chamber music");
  await genres.getByRole("row", { name: /9001/ }).dblclick();
  await form.getByRole("button", { name: "Delete record" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("The record was deleted")).toBeVisible();

  genres = await reopen();
  await page.getByRole("textbox", { name: "Filter Name" }).fill("=Chamber music");
  await expect(page.getByText("No record goes by these filters")).toBeVisible();
});

test("nothing is allowed until a policy allows it", async ({ page }) => {
  const { env, workspace, musicShop } = await bench();
  const core = await serveStudio(workspace, env);
  const studio = new Studio(page);
  await studio.open(core.address);
  await studio.import(musicShop, { withData: true });
  await studio.go("Data");
  await expect(page.getByRole("heading", { name: /^No policy lets you/ })).toBeVisible();
});

test("a second publish keeps every row, and the release before comes back", async ({ page }) => {
  const { env, workspace, musicShop } = await bench();
  const core = await serveStudio(workspace, env);
  const studio = new Studio(page);
  await studio.open(core.address);
  await studio.import(musicShop, { withData: true, starter: standard });
  await studio.records("Album");
  const counted = await page.getByText(/^[\d,]+ records$/).innerText();
  await studio.select("Album");
  await studio.inspector.getByRole("button", { name: "Add" }).first().click();
  await studio.rename("subtitle");
  await studio.publish("local");
  const albums = await studio.records("Album");
  await expect(albums.getByRole("columnheader", { name: /subtitle/ })).toBeVisible();
  await expect(page.getByText(counted, { exact: true })).toBeVisible();

  await studio.go("Publish");
  await page.getByRole("tab", { name: "What runs" }).click();
  await page.getByRole("button", { name: "Roll back" }).click();
  await page.getByRole("dialog").getByRole("button", { name: /back/i }).click();
  await expect(page.getByText("rolled back")).toBeVisible();
  await studio.records("Album");
  await expect(page.getByText(counted, { exact: true })).toBeVisible();
});

test("a release goes to a server with its rows, and a kill of the server loses none", async ({ page, request }) => {
  const { env, folder, workspace, musicShop } = await bench();
  const { store, token } = await initServer(join(folder, "server.maquette"), env);
  let server = await serveServer(store, env);
  const core = await serveStudio(workspace, env);
  const studio = new Studio(page);
  await studio.open(core.address);
  await studio.import(musicShop, { withData: true, starter: standard });
  const origin = new URL(server.address).origin;
  await studio.addServer("staging", origin, token);
  await studio.publish("staging", { withData: true });

  await server.kill();
  const made = await run("maquette", ["token", "new", "--store", store, "--user", "ann", "--role", "admin", "--json"], env);
  const { data } = JSON.parse(made) as { data: { token: string } };
  server = await serveServer(store, env, new URL(origin).host);
  const headers = { Authorization: `Bearer ${data.token}` };
  const listed = await request.get(`${origin}/api/data/Artist?pageSize=5&page=1`, { headers });
  expect(listed.status()).toBe(200);
  const first = (await listed.json()) as { data: unknown[]; meta: { total: number } };
  expect(first.data).toHaveLength(5);
  await studio.records("Artist");
  await expect(page.getByText(`${first.meta.total} records`, { exact: true })).toBeVisible();
  expect((await request.get(`${origin}/api/data/Artist`)).status(), "without a token").toBe(401);
  expect((await request.post(`${origin}/rpc/workspace.get_state`, { headers, data: {} })).status(), "the studio's calls").toBe(404);
});
