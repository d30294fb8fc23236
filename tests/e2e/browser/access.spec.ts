/** Who may come in, in a browser against the real core and a real server: members, tokens, tenants, keys. */
import { join } from "node:path";
import { Studio } from "../support/pages";
import { bench, run } from "../support/programs";
import { initServer, serveServer, serveStudio } from "../support/studio";
import { expect, test } from "../support/test";

const standard = "Standard roles";

test("a token made in the studio opens the server until its tenant is suspended or it is revoked", async ({ page, request }) => {
  const { env, folder, workspace, musicShop } = await bench();
  const { store, token } = await initServer(join(folder, "server.maquette"), env);
  const server = await serveServer(store, env);
  const core = await serveStudio(workspace, env);
  const studio = new Studio(page);
  await studio.open(core.address);
  await studio.import(musicShop, { withData: false, starter: standard });
  const origin = new URL(server.address).origin;
  await studio.addServer("staging", origin, token);
  await studio.publish("staging");

  await studio.settings("Tenants");
  await page.getByRole("button", { name: "Add a tenant" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Id").fill("acme");
  await dialog.getByLabel("Name").fill("Acme");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const tenants = page.getByRole("grid", { name: "Tenants" });
  await expect(tenants.getByRole("row", { name: /acme.*works/ })).toBeVisible();

  await studio.settings("Tokens");
  await page.getByRole("button", { name: "Make a token" }).click();
  await dialog.getByLabel("User").fill("kiosk");
  await dialog.getByLabel("Acme (acme)").check();
  await dialog.getByLabel("Roles").fill("admin");
  await dialog.getByRole("button", { name: "Make", exact: true }).click();
  const secret = await dialog.getByLabel("Secret").innerText();
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  await expect(page.getByText(secret)).toBeHidden();

  const artists = (held: string) => request.get(`${origin}/api/data/Artist`, { headers: { Authorization: `Bearer ${held}` } });
  expect((await artists(secret)).status()).toBe(200);
  expect(await (await artists(`${secret.slice(0, -1)}`)).json()).toMatchObject({ code: "auth/token-mistyped", status: 401 });

  await studio.settings("Tenants");
  await tenants.getByRole("row", { name: /acme/ }).click();
  await page.getByRole("button", { name: "Suspend" }).click();
  await dialog.getByRole("button", { name: "Suspend" }).click();
  await expect(tenants.getByRole("row", { name: /acme.*suspended/ })).toBeVisible();
  expect(await (await artists(secret)).json()).toMatchObject({ code: "auth/tenant-suspended", status: 403 });
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(tenants.getByRole("row", { name: /acme.*works/ })).toBeVisible();

  await studio.settings("Tokens");
  const tokens = page.getByRole("grid", { name: "Tokens" });
  await tokens.getByRole("row", { name: /kiosk/ }).click();
  await page.getByRole("button", { name: "Rotate" }).click();
  await dialog.getByLabel("The old one ends").selectOption("at once");
  await dialog.getByRole("button", { name: "Make the new one" }).click();
  const second = await dialog.getByLabel("Secret").innerText();
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  expect((await artists(secret)).status(), "the old one").toBe(401);
  expect((await artists(second)).status(), "the new one").toBe(200);

  await tokens.getByRole("row", { name: /kiosk/ }).click();
  await page.getByRole("button", { name: "Revoke" }).click();
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("The token of kiosk has ended")).toBeVisible();
  expect((await artists(second)).status()).toBe(401);
});

test("a new signing key is refused by a server until it is trusted there", async ({ page }) => {
  const { env, folder, workspace, musicShop } = await bench();
  const { store, token } = await initServer(join(folder, "server.maquette"), env);
  const server = await serveServer(store, env);
  const core = await serveStudio(workspace, env);
  const studio = new Studio(page);
  await studio.open(core.address);
  await studio.import(musicShop, { withData: false, starter: standard });
  await studio.addServer("staging", new URL(server.address).origin, token);

  await studio.settings("Signing key");
  await expect(page.getByText("in plain text: whoever reads the file can sign")).toBeVisible();
  await page.getByRole("button", { name: "Make a new key" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Make a new key" }).click();
  await expect(page.getByText(/signs from now on/)).toBeVisible();
  await studio.go("Publish");
  await page.getByRole("navigation", { name: "Targets" }).getByRole("button", { name: /^staging/ }).click();
  await page.getByRole("button", { name: "Make a plan" }).click();
  await expect(page.getByText("release/refused")).toBeVisible();

  await studio.settings("Trusted keys");
  await page.getByRole("button", { name: "Trust the key that signs here" }).click();
  await expect(page.getByRole("row", { name: /signs here.*trusted/ })).toBeVisible();
  await studio.publish("staging");
});

test("a member sees and does what the role says, and whoever is taken out is out", async ({ page }) => {
  const { env, workspace } = await bench();
  const as = (user: string) => ({ ...env, MAQUETTE_USER: user });
  const said = (args: string[], user: string) => run("maquette", args, as(user)).catch(String);
  let core = await serveStudio(workspace, as("ann"));
  const studio = new Studio(page);
  await studio.open(core.address);
  await studio.settings("Members");
  await expect(page.getByRole("heading", { name: /^No members/ })).toBeVisible();
  await page.getByRole("button", { name: "Add a member" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Person").fill("vic");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const members = page.getByRole("grid", { name: "Members" });
  await expect(members.getByRole("row", { name: /ann\s*you.*Owner/ })).toBeVisible();
  await expect(members.getByRole("row", { name: /vic.*Viewer/ })).toBeVisible();
  await core.kill();

  core = await serveStudio(workspace, as("vic"));
  await studio.open(core.address);
  await studio.settings("Members");
  await expect(members.getByRole("row", { name: /vic\s*you.*Viewer/ })).toBeVisible();
  await expect(page.getByRole("button", { name: "Add a member" })).toBeHidden();
  await studio.settings("Tokens");
  await expect(page.getByText("`vic` may not administer here")).toBeVisible();
  await core.kill();
  expect(await said(["add", "entity", workspace, "Intruder"], "vic")).toContain("`vic` may not change documents here");

  core = await serveStudio(workspace, as("ann"));
  await studio.open(core.address);
  await studio.settings("Members");
  await members.getByRole("row", { name: /vic/ }).click();
  await page.getByRole("button", { name: "Remove" }).click();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await expect(members.getByRole("row", { name: /vic/ })).toBeHidden();
  await core.kill();
  expect(await said(["check", workspace], "vic")).toContain("`vic` is no member of this workspace");
});
