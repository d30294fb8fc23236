/** The studio as a person sees it: by roles and names, so that a test fails when a screen reader would be lost too. */
import { expect, type Locator, type Page } from "@playwright/test";

type Screen = "Model" | "Policies" | "Data" | "Import" | "Publish" | "Audit" | "History" | "Problems" | "Settings";

export class Studio {
  constructor(readonly page: Page) {}

  /** Opens the address the core printed and waits until the workspace is there. */
  async open(address: string): Promise<void> {
    await this.page.goto(address);
    await expect(this.rail.getByRole("button", { name: "Model" })).toBeVisible();
    await this.saved();
  }

  get rail(): Locator {
    return this.page.getByRole("navigation", { name: "Studio" });
  }

  get inspector(): Locator {
    return this.page.getByRole("complementary", { name: "Inspector" });
  }

  async go(screen: Screen): Promise<void> {
    await this.rail.getByRole("button", { name: screen }).click();
  }

  /** Opens a page of the settings. */
  async settings(page: "General" | "Members" | "Signing key" | "Tokens" | "Trusted keys" | "Tenants"): Promise<void> {
    await this.go("Settings");
    await this.page.getByRole("navigation", { name: "Settings pages" }).getByRole("button", { name: page }).click();
  }

  /** Waits until every edit is acknowledged by the core. */
  async saved(): Promise<void> {
    await expect(this.page.getByRole("contentinfo").getByRole("status")).toHaveText(/Saved/);
  }

  /** Names an entity by finding it, as a person would. */
  async select(entity: string, heading = entity): Promise<void> {
    await this.go("Model");
    const find = this.page.getByRole("searchbox", { name: "Find entity or field" });
    await find.fill(entity);
    await find.press("Enter");
    await find.fill("");
    await expect(this.inspector.getByRole("heading", { name: heading, exact: true })).toBeVisible();
  }

  /** Gives what is selected another name. */
  async rename(name: string): Promise<void> {
    // The first is the entity's or field's own; keys and indexes have names too.
    const field = this.inspector.getByRole("textbox", { name: "Name", exact: true }).first();
    await field.fill(name);
    await field.press("Enter");
    await expect(this.inspector.getByRole("heading", { name, exact: true })).toBeVisible();
    await this.saved();
  }

  /** Opens a field of the selected entity. */
  async selectField(name: string): Promise<void> {
    await this.inspector.getByRole("list", { name: /^Fields of/ }).getByRole("button", { name: new RegExp(`^${name}\\b`) }).click();
    await expect(this.inspector.getByText("Field of")).toBeVisible();
  }

  /** An entity on the canvas. */
  card(entity: string): Locator {
    return this.page.locator(`.react-flow__node[aria-label^="${entity},"]`);
  }

  /** Previews an import; the choices stand as they are offered. */
  async preview(source: string): Promise<void> {
    await this.go("Import");
    await this.page.getByRole("combobox", { name: "SQLite database" }).fill(source);
    await this.page.getByRole("button", { name: "Preview" }).click();
    await expect(this.page.getByRole("table", { name: "Tables of the source" }).or(this.page.getByRole("grid", { name: "Tables of the source" }))).toBeVisible();
  }

  /** Imports everything, with or without its rows. */
  async import(source: string, choice: { withData: boolean; starter?: string }): Promise<void> {
    await this.preview(source);
    const rows = this.page.getByRole("switch", { name: "Take the rows too" });
    if ((await rows.getAttribute("aria-checked")) !== String(choice.withData)) await rows.click();
    if (choice.starter) await this.page.getByRole("radio", { name: choice.starter }).check();
    await this.page.getByRole("button", { name: /^Import \d+ tables?$/ }).click();
    await expect(this.page.getByRole("heading", { name: "Imported" })).toBeVisible({ timeout: 60_000 });
  }

  /** Presses keys with nothing chosen to type in. */
  async press(keys: string): Promise<void> {
    await this.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await this.page.keyboard.press(keys);
  }

  async undo(): Promise<void> {
    await this.press("Control+z");
    await this.saved();
  }

  async redo(): Promise<void> {
    await this.press("Control+Shift+z");
    await this.saved();
  }

  /** Makes a plan for a target and applies exactly that. */
  async publish(target: string, choice: { withData?: boolean } = {}): Promise<void> {
    await this.go("Publish");
    await this.page.getByRole("navigation", { name: "Targets" }).getByRole("button", { name: new RegExp(`^${target}`) }).click();
    await this.page.getByRole("tab", { name: "Plan" }).click();
    await this.page.getByRole("button", { name: "Make a plan" }).click();
    if (choice.withData) await this.page.getByRole("switch", { name: "Send the rows of local too" }).click();
    await this.page.getByRole("button", { name: "Apply exactly this plan" }).click();
    await expect(this.page.getByRole("heading", { name: new RegExp(`Release \\d+ runs on ${target}|was up to date`) })).toBeVisible({ timeout: 60_000 });
  }

  /** Adds a server to publish to. */
  async addServer(name: string, address: string, token: string): Promise<void> {
    await this.go("Publish");
    await this.page.getByRole("button", { name: "Add a server" }).click();
    const dialog = this.page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name" }).fill(name);
    await dialog.getByRole("textbox", { name: "Address" }).fill(address);
    await dialog.getByLabel("Admin token").fill(token);
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await expect(dialog).toBeHidden();
  }

  /** Shows the records of an entity. */
  async records(entity: string): Promise<Locator> {
    await this.go("Data");
    await this.page.getByRole("navigation", { name: "Published entities" }).getByRole("button", { name: entity, exact: true }).click();
    const grid = this.page.getByRole("grid", { name: `Records of ${entity}` });
    await expect(grid).toBeVisible();
    return grid;
  }
}
