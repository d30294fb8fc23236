/**
 * The part of WebDriver (W3C) that the window tests need, spoken to WebKitWebDriver over `fetch`.
 * https://www.w3.org/TR/webdriver2/
 */
import { createServer } from "node:net";
import { type Running, start } from "./programs";

/** Key of an element's id in the protocol. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** A port that is free now. */
async function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === "object" ? done(address.port) : failed(new Error("no port"))));
    });
  });
}

/** One window of a program. */
export class Window {
  private constructor(
    private readonly driver: Running,
    private readonly session: string,
  ) {}

  /** Starts the driver, and through it the program. */
  static async open(binary: string, args: string[], env: NodeJS.ProcessEnv): Promise<Window> {
    const port = await freePort();
    // A bus of its own: on a shared one the second window would hand over to the first and end.
    const driver = start("dbus-run-session", ["--", "WebKitWebDriver", `--port=${port}`, "--host=127.0.0.1"], {
      ...env,
      TAURI_WEBVIEW_AUTOMATION: "true",
    });
    const base = `http://127.0.0.1:${port}/session`;
    try {
      const opened = await retry(() =>
        call("POST", base, {
          capabilities: { alwaysMatch: { "webkitgtk:browserOptions": { binary, args } } },
        }),
      );
      const { sessionId } = opened as { sessionId: string };
      return new Window(driver, `${base}/${sessionId}`);
    } catch (error) {
      await driver.kill();
      throw new Error(`the window did not open: ${String(error)}\n${driver.said()}`);
    }
  }

  /** Runs a function body in the page; what it returns. */
  async run<T>(body: string, ...args: unknown[]): Promise<T> {
    return (await call("POST", `${this.session}/execute/sync`, { script: body, args })) as T;
  }

  /** The same for a body that calls its last argument when it is done. */
  async runAsync<T>(body: string, ...args: unknown[]): Promise<T> {
    return (await call("POST", `${this.session}/execute/async`, { script: body, args })) as T;
  }

  /** Waits for an element by CSS (`css selector`) or XPath; its id. */
  async find(using: "css selector" | "xpath", value: string, within = 20_000): Promise<string> {
    return retry(async () => {
      const found = (await call("POST", `${this.session}/element`, { using, value })) as Record<string, string>;
      const id = found[ELEMENT];
      if (id === undefined) throw new Error(`no element ${value}`);
      return id;
    }, within);
  }

  /** Clicks an element as a person would; fails when something covers it. */
  async click(id: string): Promise<void> {
    await call("POST", `${this.session}/element/${id}/click`, {});
  }

  /** Empties a field. */
  async clear(id: string): Promise<void> {
    await call("POST", `${this.session}/element/${id}/clear`, {});
  }

  /** Types into an element. */
  async type(id: string, text: string): Promise<void> {
    await call("POST", `${this.session}/element/${id}/value`, { text });
  }

  /** Presses keys together, wherever the focus is: modifiers first. */
  async press(...keys: string[]): Promise<void> {
    const actions = [
      ...keys.map((value) => ({ type: "keyDown", value })),
      ...keys.toReversed().map((value) => ({ type: "keyUp", value })),
    ];
    await call("POST", `${this.session}/actions`, { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  /** The title of the page. */
  async title(): Promise<string> {
    return (await call("GET", `${this.session}/title`)) as string;
  }

  /** A picture of the page, PNG. */
  async picture(): Promise<Buffer> {
    // The driver takes it after the next frame, and a page at rest paints none: one pixel is kept changing meanwhile.
    await this.run(
      `const dot = document.createElement("i"); dot.id = "picture-dot"; let n = 0;
       dot.style.cssText = "position:fixed;right:0;bottom:0;width:1px;height:1px;pointer-events:none";
       document.body.append(dot);
       const timer = setInterval(() => {
         if (!dot.isConnected) clearInterval(timer);
         dot.style.background = n++ % 2 ? "#000" : "#111";
       }, 30);`,
    );
    const picture = (await call("GET", `${this.session}/screenshot`)) as string;
    await this.run(`document.getElementById("picture-dot")?.remove();`);
    return Buffer.from(picture, "base64");
  }

  /** kill -9 of the program and of its driver: nothing gets a chance to save anything. */
  async kill(): Promise<void> {
    await this.driver.kill();
  }

  /** Closes the window in order. */
  async close(): Promise<void> {
    await call("DELETE", this.session).catch(() => undefined);
    await this.driver.kill();
  }
}

/** Keys that have no letter. */
export const keys = { control: "\uE009", shift: "\uE008", enter: "\uE007", escape: "\uE00C", tab: "\uE004" };

async function call(method: string, address: string, body?: unknown): Promise<unknown> {
  const response = await fetch(address, { method, body: body === undefined ? null : JSON.stringify(body) });
  const { value } = (await response.json()) as { value: unknown };
  if (!response.ok) {
    const { error, message } = value as { error: string; message: string };
    throw new Error(`${error}: ${message}`);
  }
  return value;
}

/** Tries until it works, or until the time is over. */
export async function retry<T>(attempt: () => Promise<T>, within = 20_000): Promise<T> {
  const end = Date.now() + within;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((next) => setTimeout(next, 100));
    }
  }
}
