/** The real desktop window: start, import, edit, kill, start again; and the walls around the page. */
import { Desktop } from "../support/desktop";
import { bench } from "../support/programs";
import { expect, test } from "../support/test";
import { keys, retry } from "../support/webdriver";

test("start, import, edit, kill, start again: nothing is lost", async () => {
  const place = await bench();
  let studio = await Desktop.open(place);
  await studio.sees("Start a model");
  await studio.go("Import");
  await studio.fill("SQLite database", place.musicShop);
  await studio.button("Preview");
  await studio.sees("Take the rows too");
  await studio.button("Import 11 tables");
  await studio.sees("Imported", 60_000);
  await studio.button("See the model");
  await retry(async () => expect((await studio.cards()).length).toBeGreaterThan(5));
  await studio.fill("Find entity or field", "Customer", keys.enter);
  await studio.fill("Name", "Client", keys.enter);
  await studio.sees("Client");
  await studio.saved();
  await studio.picture("imported");
  await studio.kill();

  studio = await Desktop.open(place);
  await studio.fill("Find entity or field", "Client", keys.enter);
  await studio.sees("Client");
  await studio.press(keys.control, "z");
  await studio.sees("Customer");
  await studio.saved();
  await studio.picture("restarted");
  await studio.close();
});

test("the page is held to its walls", async () => {
  const studio = await Desktop.open(await bench());
  const refused = (body: string) => studio.runAsync<string>(`const done = arguments[arguments.length - 1]; ${body}.then(() => done("allowed"), (error) => done(String(error.message ?? error)))`);
  expect(await refused(`window.__TAURI_INTERNALS__.invoke("plugin:fs|read_text_file", { path: "x" })`)).not.toBe("allowed");
  expect(await refused(`window.__TAURI_INTERNALS__.invoke("plugin:dialog|save", { options: {} })`)).not.toBe("allowed");
  expect(await refused(`fetch("https://example.org/")`)).not.toBe("allowed");
  expect(await studio.run(`try { return new Function("return 1")() } catch { return "refused" }`)).toBe("refused");
  expect(await studio.run("return typeof window.__TAURI__")).toBe("undefined");
  await studio.run(`window.location.href = "https://example.org/"`);
  await studio.sees("Start a model");
  expect(await studio.run("return window.location.protocol")).toBe("tauri:");
  await studio.close();
});

test("the core's refusal reaches the window whole", async () => {
  const studio = await Desktop.open(await bench());
  const answer = await studio.runAsync<{ code: string; help: string }>(
    `const done = arguments[arguments.length - 1];
     window.__TAURI_INTERNALS__.invoke("rpc", { command: "import.preview", request: { source: "no-such-file.sqlite" }, job: null }).then(() => done({}), done)`,
  );
  expect(answer.code).toBe("import/source-unreadable");
  expect(answer.help).not.toBe("");
  await studio.close();
});
