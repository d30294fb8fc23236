/** The studio in its own window, driven the way a person would: by what is written on things. */
import { expect } from "@playwright/test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Bench, program } from "./programs";
import { keys, retry, Window } from "./webdriver";

const quoted = (text: string) => (text.includes('"') ? `'${text}'` : `"${text}"`);

export class Desktop {
  private constructor(private readonly window: Window) {}

  /** Starts the program on the bench's workspace and waits until the workspace is there. */
  static async open(bench: Bench): Promise<Desktop> {
    const desktop = new Desktop(await Window.open(program("maquette-studio"), [bench.workspace], bench.env));
    await desktop.window.find("xpath", `//nav[@aria-label="Studio"]`);
    await desktop.saved();
    return desktop;
  }

  /** The button with this text or name. */
  async button(name: string): Promise<void> {
    await this.clickOn(`//button[@aria-label=${quoted(name)} or normalize-space(.)=${quoted(name)}]`);
  }

  async go(screen: string): Promise<void> {
    await this.clickOn(`//nav[@aria-label="Studio"]//button[.//span[normalize-space(.)=${quoted(screen)}]]`);
  }

  /** Replaces what stands in the labelled field. */
  async fill(label: string, text: string, key = ""): Promise<void> {
    const field = `//*[@id=//label[normalize-space(.)=${quoted(label)}]/@for or @aria-label=${quoted(label)}]`;
    await retry(async () => {
      const id = await this.window.find("xpath", field);
      await this.window.click(id);
      await this.window.press(keys.control, "a");
      await this.window.type(id, text + key);
    });
  }

  async saved(): Promise<void> {
    await this.window.find("xpath", `//footer//*[@role="status"][contains(., "Saved")]`);
  }

  /** Waits until this text is on the page. */
  async sees(text: string, within?: number): Promise<void> {
    await this.window.find("xpath", `//*[normalize-space(text())=${quoted(text)}]`, within);
  }

  /** Names of the entities on the canvas. */
  async cards(): Promise<string[]> {
    return this.window.run(`return [...document.querySelectorAll(".react-flow__node")].map((node) => (node.getAttribute("aria-label") ?? "").split(",")[0])`);
  }

  async press(...chord: string[]): Promise<void> {
    await this.window.run("document.activeElement?.blur?.()");
    await this.window.press(...chord);
  }

  /** Runs a function body in the page. */
  async run<T>(body: string, ...args: unknown[]): Promise<T> {
    return this.window.run<T>(body, ...args);
  }

  async runAsync<T>(body: string, ...args: unknown[]): Promise<T> {
    return this.window.runAsync<T>(body, ...args);
  }

  /** Saves a picture of the window below `screenshots/`; fails when it shows nothing. */
  async picture(name: string): Promise<void> {
    const picture = await this.window.picture();
    // An empty window of this size is a PNG of about 4 kB.
    expect(picture.byteLength).toBeGreaterThan(12_000);
    await mkdir("screenshots", { recursive: true });
    await writeFile(join("screenshots", `${name}.png`), picture);
  }

  kill(): Promise<void> {
    return this.window.kill();
  }

  close(): Promise<void> {
    return this.window.close();
  }

  private async clickOn(xpath: string): Promise<void> {
    await retry(async () => this.window.click(await this.window.find("xpath", xpath)));
  }
}
