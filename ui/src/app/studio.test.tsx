// The studio over the fake core: what a person sees first, and that a change on one screen shows on another.
import { draft, queries, queue, start } from "@/api/client";
import { goTo, select } from "@/model/place";
import { fakePlatform } from "@/platform/fake";
import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { App } from "./app";

let stop = () => {};

beforeEach(() => {
  draft.reset();
  queries.clear();
  select([]);
});
afterEach(() => stop());

async function studio(sample: string) {
  stop = start(fakePlatform(sample));
  await waitFor(() => expect(draft.get().status).toBe("ready"));
  return render(
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>,
  );
}

it("an empty workspace says how to begin", async () => {
  goTo("model");
  await studio("empty");
  expect(screen.getByRole("heading", { name: "Start a model" })).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Import a database" }));
  expect(screen.getByLabelText("SQLite database")).toBeTruthy();
});

it("an edit is saved, shows in the history, and is undone", async () => {
  goTo("history");
  await studio("shop");
  queue.apply("Label artists", [{ op: "set", document: "ent_artist", path: ["label"], value: "Artists" }]);
  await waitFor(() => expect(draft.get().saving.state).toBe("saved"));
  fireEvent.click(screen.getByRole("button", { name: "Undo: Label artists" }));
  await waitFor(() => expect(draft.get().redo).toBe("Label artists"));
  expect(draft.get().documents.ent_artist).not.toHaveProperty("label");
});

it("a failing core says code, title and help in place of a blank screen", async () => {
  goTo("publish");
  await studio("failing");
  await waitFor(() => expect(screen.getByText("Something failed inside the core")).toBeTruthy());
  expect(screen.getByText(/fault\/internal/)).toBeTruthy();
});

it("a lost line is told and the edit waits", async () => {
  goTo("settings");
  await studio("offline");
  queue.apply("Label artists", [{ op: "set", document: "ent_artist", path: ["label"], value: "Artists" }]);
  await waitFor(() => expect(screen.getByText(/Not saved/)).toBeTruthy());
  expect(screen.getByText(/connection to the workspace is lost. What you change is kept/)).toBeTruthy();
});
