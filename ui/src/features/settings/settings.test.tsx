// The settings over the fake core: who works here, and who may come into the server behind a target.
import { draft, queries, start } from "@/api/client";
import { goToSettings, place, type SettingsPage } from "@/model/place";
import { fakePlatform } from "@/platform/fake";
import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SettingsScreen } from "./settings-screen";

let stop = () => {};

beforeEach(() => {
  draft.reset();
  queries.clear();
  place.setState({ settings: "general" });
  // Rows are drawn for what is in sight, and nothing here has a height of its own.
  for (const side of ["clientHeight", "clientWidth"]) Object.defineProperty(HTMLDivElement.prototype, side, { configurable: true, get: () => 1000 });
});
afterEach(() => {
  stop();
  vi.restoreAllMocks();
});

async function settings(page: SettingsPage, sample = "shop") {
  goToSettings(page);
  stop = start(fakePlatform(sample));
  await waitFor(() => expect(draft.get().status).toBe("ready"));
  return render(
    <QueryClientProvider client={queries}>
      <SettingsScreen theme="light" onTheme={() => undefined} commands={[]} />
    </QueryClientProvider>,
  );
}

const button = (name: string) => screen.getByRole("button", { name });
const inDialog = () => within(screen.getByRole("dialog"));

it("a workspace without members says whose it is, and the first member makes you an owner", async () => {
  await settings("members", "empty");
  expect(await screen.findByRole("heading", { name: "No members: this workspace belongs to whoever can open it" })).toBeTruthy();
  expect(screen.getByText("With the first member it belongs to its members alone, and you, ann, become an owner.")).toBeTruthy();
  fireEvent.click(screen.getAllByRole("button", { name: "Add a member" })[0] as HTMLElement);
  fireEvent.change(inDialog().getByLabelText("Person"), { target: { value: "bob" } });
  fireEvent.click(inDialog().getByLabelText("Designer"));
  fireEvent.click(inDialog().getByRole("button", { name: "Add" }));
  const row = await screen.findByRole("row", { name: /bob/ });
  expect(within(row).getByText("Viewer")).toBeTruthy();
  expect(within(row).getByText("Designer")).toBeTruthy();
  expect(within(screen.getByRole("row", { name: /ann\s*you/ })).getByText("Owner")).toBeTruthy();
});

it("a member needs a role, and the last owner cannot lose theirs", async () => {
  await settings("members");
  fireEvent.doubleClick(await screen.findByRole("row", { name: /ann\s*you/ }));
  fireEvent.click(inDialog().getByLabelText("Owner"));
  expect(inDialog().getByRole<HTMLButtonElement>("button", { name: "Save" }).disabled).toBe(true);
  fireEvent.click(inDialog().getByLabelText("Viewer"));
  fireEvent.click(inDialog().getByRole("button", { name: "Save" }));
  expect((await inDialog().findByRole("alert")).textContent).toContain("the last owner cannot leave, or lose the role");
});

it("taking somebody out asks before", async () => {
  await settings("members");
  fireEvent.click(await screen.findByRole("row", { name: /vic/ }));
  fireEvent.click(button("Remove"));
  expect(screen.getByRole("heading", { name: "Remove vic?" })).toBeTruthy();
  fireEvent.click(inDialog().getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(screen.queryByRole("row", { name: /vic/ })).toBeNull());
});

it("a token is made with its secret shown once, and no trace of it stays", async () => {
  await settings("tokens");
  expect(await screen.findByRole("heading", { name: "Tokens of staging" })).toBeTruthy();
  fireEvent.click(button("Make a token"));
  fireEvent.change(inDialog().getByLabelText("User"), { target: { value: "kiosk" } });
  fireEvent.click(await inDialog().findByLabelText("Acme Industries (acme)"));
  fireEvent.change(inDialog().getByLabelText("Roles"), { target: { value: "sales, clerk" } });
  fireEvent.click(inDialog().getByRole("button", { name: "Make" }));
  expect(await screen.findByRole("heading", { name: "The token of kiosk" })).toBeTruthy();
  const secret = inDialog().getByLabelText("Secret").textContent;
  expect(secret).toMatch(/^maq_data_[0-9a-f]{72}$/);
  fireEvent.click(inDialog().getByRole("button", { name: "I have kept it" }));
  expect(document.body.textContent).not.toContain(secret);
  expect(JSON.stringify(queries.getQueryCache().getAll().map((query) => query.state.data))).not.toContain(secret);
  const row = await screen.findByRole("row", { name: /kiosk/ });
  expect(within(row).getByText("sales, clerk")).toBeTruthy();
  expect(within(row).getByText("acme")).toBeTruthy();
});

it("the secret is copied, or says that it must be copied by hand", async () => {
  const write = vi.fn<(text: string) => Promise<void>>().mockResolvedValueOnce(undefined).mockRejectedValueOnce(new Error("no right"));
  Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText: write } });
  await settings("signing");
  fireEvent.click(await screen.findByRole("button", { name: "Copy the public half" }));
  expect(await screen.findByText("Copied")).toBeTruthy();
  expect(write).toHaveBeenCalledWith("q6yM0cM3uPpPzq0aB0u1sKJb7e2Yx0m1H6mXj2kQv0A=");
  fireEvent.click(button("Copy the public half"));
  expect(await screen.findByText("Select it and copy it by hand")).toBeTruthy();
});

it("an admin token asks for neither tenants nor roles", async () => {
  await settings("tokens");
  fireEvent.click(await screen.findByRole("button", { name: "Make a token" }));
  fireEvent.click(inDialog().getByRole("tab", { name: "Administration" }));
  expect(inDialog().queryByLabelText("Roles")).toBeNull();
  fireEvent.change(inDialog().getByLabelText("User"), { target: { value: "ops" } });
  fireEvent.click(inDialog().getByRole("button", { name: "Make" }));
  expect((await screen.findByLabelText("Secret")).textContent).toMatch(/^maq_admin_/);
});

it("revoking and rotating a token ask before, and a token that ended offers neither", async () => {
  await settings("tokens");
  fireEvent.click(await screen.findByRole("row", { name: /web-shop/ }));
  fireEvent.click(button("Rotate"));
  expect(inDialog().getByLabelText<HTMLSelectElement>("The old one ends").value).toBe("86400");
  fireEvent.change(inDialog().getByLabelText("The old one ends"), { target: { value: "0" } });
  fireEvent.click(inDialog().getByRole("button", { name: "Make the new one" }));
  fireEvent.click(await screen.findByRole("button", { name: "I have kept it" }));
  fireEvent.change(screen.getByLabelText("State"), { target: { value: "revoked" } });
  const ended = await screen.findAllByRole("row", { name: /web-shop.*revoked/ });
  expect(ended).toHaveLength(2);
  fireEvent.click(ended[0] as HTMLElement);
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Revoke" }).disabled).toBe(true);
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Rotate" }).disabled).toBe(true);
});

it("a filter that nothing fits says so", async () => {
  await settings("tokens");
  await screen.findByRole("row", { name: /web-shop/ });
  fireEvent.change(screen.getByLabelText("User"), { target: { value: "nobody" } });
  expect(await screen.findByRole("heading", { name: "No token is like that" })).toBeTruthy();
});

it("a tenant is added, suspended after a question, and resumed", async () => {
  await settings("tenants");
  fireEvent.click(await screen.findByRole("button", { name: "Add a tenant" }));
  fireEvent.change(inDialog().getByLabelText("Id"), { target: { value: "acme" } });
  fireEvent.click(inDialog().getByRole("button", { name: "Add" }));
  expect((await inDialog().findByRole("alert")).textContent).toContain("there is a tenant `acme` already");
  fireEvent.change(inDialog().getByLabelText("Id"), { target: { value: "initech" } });
  fireEvent.click(inDialog().getByRole("button", { name: "Add" }));
  fireEvent.click(await screen.findByRole("row", { name: /initech/ }));
  fireEvent.click(button("Suspend"));
  expect(inDialog().getByText(/Every request of its tokens is refused from now on/)).toBeTruthy();
  fireEvent.click(inDialog().getByRole("button", { name: "Suspend" }));
  expect(await screen.findByRole("row", { name: /initech.*suspended/ })).toBeTruthy();
  fireEvent.click(button("Resume"));
  expect(await screen.findByRole("row", { name: /initech.*works/ })).toBeTruthy();
});

it("the key that signs here is told apart, and a new one can be trusted at once", async () => {
  await settings("keys");
  const row = await screen.findByRole("row", { name: /9a1f0c77e21b4d53/ });
  expect(await within(row).findByText("signs here")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Trust the key that signs here" })).toBeNull();
  fireEvent.click(row);
  fireEvent.click(button("Revoke"));
  fireEvent.click(inDialog().getByRole("button", { name: "Revoke" }));
  fireEvent.click(await screen.findByRole("button", { name: "Trust the key that signs here" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Trust the key that signs here" })).toBeNull());
});

it("a target that fails says why and what to do", async () => {
  await settings("tokens", "failing");
  expect((await screen.findByRole("alert")).textContent).toContain("Something failed inside the core");
});
