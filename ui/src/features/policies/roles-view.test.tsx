// Roles over the fake core: personas come as roles, a permission is checked as it is typed, rights say where they come from.
import { draft, queries, start } from "@/api/client";
import { undo } from "@/api/hooks";
import { jumpTo, select } from "@/model/place";
import { rolesOf } from "@/model/workspace";
import { fakePlatform } from "@/platform/fake";
import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PoliciesScreen } from "./policies-screen";

let stop = () => {};

beforeEach(() => {
  draft.reset();
  queries.clear();
  localStorage.clear();
  select([]);
});
afterEach(() => stop());

const roles = () => rolesOf(draft.get().documents);

async function rolesView() {
  stop = start(fakePlatform("shop"));
  await waitFor(() => expect(draft.get().status).toBe("ready"));
  render(
    <QueryClientProvider client={queries}>
      <PoliciesScreen />
    </QueryClientProvider>,
  );
  fireEvent.click(screen.getByRole("tab", { name: "Roles" }));
}

async function withPersonas() {
  await rolesView();
  const menu = await screen.findByRole("button", { name: "Add personas" });
  await waitFor(() => expect((menu as HTMLButtonElement).disabled).toBe(false));
  fireEvent.click(menu);
  fireEvent.click(screen.getByRole("menuitem", { name: "All personas" }));
  await waitFor(() => expect(roles().length).toBe(4));
}

it("personas are added as roles in one step that undo takes back", async () => {
  await withPersonas();
  const list = await screen.findByRole("navigation", { name: "Roles" });
  expect(within(list).getAllByRole("button").map((button) => button.textContent)).toEqual(["Manager1", "Power User2", "System Admin1", "User2"]);
  undo();
  await waitFor(() => expect(roles().length).toBe(0));
  expect(await screen.findByText("Roles say what one may do anywhere")).toBeTruthy();
});

it("what a role comes to says which permission of which role gives it", async () => {
  await withPersonas();
  const table = await screen.findByRole("table", { name: "What manager may do" });
  fireEvent.click(await within(table).findByRole("button", { name: "Customer, read: allow" }));
  expect(await screen.findByText("role user: read:*")).toBeTruthy();
  expect(within(table).getByRole("button", { name: "Customer, delete: no rule" })).toBeTruthy();
  fireEvent.click(within(table).getByRole("button", { name: "Customer, other operations: 2" }));
  expect(await screen.findByText("workflow.approve")).toBeTruthy();
});

it("a permission is checked while it is typed and added when it is done", async () => {
  await withPersonas();
  select([roles().find((role) => role.name === "user")?.id ?? ""]);
  const region = await screen.findByRole("region", { name: "Role user" });
  const field = within(region).getByRole("combobox", { name: "One more permission" });
  fireEvent.change(field, { target: { value: "reed:Customer" } });
  await waitFor(() => expect(field.getAttribute("aria-invalid")).toBe("true"));
  expect(document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent).toContain("is not an operation");
  fireEvent.change(field, { target: { value: "delete:Customer" } });
  await waitFor(() => expect(field.getAttribute("aria-invalid")).toBeNull());
  fireEvent.submit(field);
  await waitFor(() => expect(roles().find((role) => role.name === "user")?.permissions).toContain("delete:Customer"));
  expect((field as HTMLInputElement).value).toBe("");
});

it("a rename goes to all that name the role, and a finding leads to it", async () => {
  await withPersonas();
  const user = roles().find((role) => role.name === "user");
  jumpTo(user?.id ?? "", ["permissions"]);
  const region = await screen.findByRole("region", { name: "Role user" });
  const name = within(region).getByRole("textbox", { name: "Name" });
  fireEvent.change(name, { target: { value: "member" } });
  fireEvent.blur(name);
  await waitFor(() => expect(roles().find((role) => role.name === "powerUser")?.inherits).toEqual(["member"]));
});
