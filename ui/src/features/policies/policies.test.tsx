// Policies over the fake core: the table opens what decides, a rule comes from a cell, a trial tells the failing clause.
import { draft, queries, start } from "@/api/client";
import { edit, undo } from "@/api/hooks";
import { select } from "@/model/place";
import { entityOf } from "@/model/workspace";
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
});
afterEach(() => stop());

async function policiesOf(entity: string) {
  stop = start(fakePlatform("shop"));
  await waitFor(() => expect(draft.get().status).toBe("ready"));
  select([entity]);
  render(
    <QueryClientProvider client={queries}>
      <PoliciesScreen />
    </QueryClientProvider>,
  );
  return screen.findByRole("grid", { name: "Who may do what" });
}

const rules = () => entityOf(draft.get().documents, "ent_customer")?.policies ?? [];

it("a cell says in words what comes out, and opens what decides it", async () => {
  const grid = await policiesOf("ent_customer");
  expect(within(grid).getByRole("button", { name: "manager, create: allow" })).toBeTruthy();
  expect(within(grid).getByRole("button", { name: "everyone else, read: no rule" })).toBeTruthy();
  fireEvent.click(within(grid).getByRole("button", { name: "admin, delete: depends" }));
  const asked = await screen.findByRole("list", { name: "Asked in this order" });
  expect(within(asked).getAllByRole("button").map((button) => /nobodyDeletesWhatIsSupported|admins/.exec(button.textContent ?? "")?.[0])).toEqual(["nobodyDeletesWhatIsSupported", "admins"]);
});

it("the grid is walked with the arrows", async () => {
  const grid = await policiesOf("ent_customer");
  const first = within(grid).getByRole("button", { name: "admin, create: allow" });
  expect(first.tabIndex).toBe(0);
  first.focus();
  fireEvent.keyDown(first, { key: "ArrowRight" });
  fireEvent.keyDown(document.activeElement ?? first, { key: "ArrowDown" });
  expect(document.activeElement?.getAttribute("aria-label")).toBe("manager, read: allow");
});

it("a rule from a cell is for exactly it, and undo takes it away", async () => {
  const grid = await policiesOf("ent_customer");
  fireEvent.click(within(grid).getByRole("button", { name: "manager, delete: deny" }));
  fireEvent.click(await screen.findByRole("button", { name: "Add an allow here" }));
  const editor = await screen.findByRole("region", { name: "Rule ManagerMayDelete" });
  expect(rules().at(-1)).toMatchObject({ name: "ManagerMayDelete", effect: "allow", roles: ["manager"], actions: ["delete"] });
  fireEvent.click(within(editor).getByRole("radio", { name: "deny" }));
  expect(rules().at(-1)?.effect).toBe("deny");
  await waitFor(() => expect(draft.get().saving.state).toBe("saved"));
  undo();
  await waitFor(() => expect(rules().at(-1)?.effect).toBe("allow"));
});

it("what is chosen of a field is written in its shortest form", async () => {
  await policiesOf("ent_customer");
  fireEvent.click(within(screen.getByRole("list", { name: "Rules" })).getByRole("button", { name: /managers/ }));
  fireEvent.click(await screen.findByRole("button", { name: "Fields" }));
  fireEvent.change(screen.getByRole("combobox", { name: "Reading of email" }), { target: { value: "masked" } });
  fireEvent.change(screen.getByRole("combobox", { name: "Mask of email" }), { target: { value: "hash" } });
  expect(rules()[1]?.fields).toEqual({ mask: { email: { kind: "hash" } } });
  fireEvent.change(screen.getByRole("combobox", { name: "Reading of phone" }), { target: { value: "hidden" } });
  expect(rules()[1]?.fields?.read).not.toContain("phone");
  fireEvent.click(screen.getByRole("button", { name: "Open all" }));
  expect(rules()[1]?.fields).toBeNull();
});

it("a mistake in a condition is told in place and mended by its quick fix", async () => {
  await policiesOf("ent_customer");
  fireEvent.click(within(screen.getByRole("list", { name: "Rules" })).getByRole("button", { name: /managers/ }));
  edit("A mistake", [{ op: "set", document: "ent_customer", path: ["policies", "pol_2", "condition"], value: "record.citty == 'x'" }]);
  const problems = await screen.findByRole("list", { name: "Problems of the condition" });
  expect(problems.textContent).toContain("There is no citty");
  fireEvent.click(within(problems).getByRole("button", { name: "Write city" }));
  expect(rules()[1]?.condition).toBe("record.city == 'x'");
  await waitFor(() => expect(screen.queryByRole("list", { name: "Problems of the condition" })).toBeNull());
});

it("a trial marks the clause that fails", async () => {
  await policiesOf("ent_customer");
  fireEvent.click(within(screen.getByRole("list", { name: "Rules" })).getByRole("button", { name: /readers/ }));
  fireEvent.click(within(await screen.findByRole("region", { name: "Rule readers" })).getByRole("button", { name: "Try it" }));
  const hidden = await screen.findByRole("list", { name: /^Not seen/ });
  fireEvent.click(within(hidden).getAllByRole("button")[0] as HTMLElement);
  await waitFor(() => expect(screen.getByText("fails here").parentElement?.textContent).toContain("record.city != ''"));
  expect(screen.getByRole("tab", { name: /read/ }).textContent).toContain("denied");
});
