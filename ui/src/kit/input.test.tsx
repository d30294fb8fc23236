import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { Draft } from "./input";

function field(value = "total") {
  const onCommit = vi.fn();
  render(<Draft aria-label="Name" value={value} onCommit={onCommit} />);
  return { onCommit, input: screen.getByLabelText<HTMLInputElement>("Name") };
}

it("what was typed is proposed on Enter, once", () => {
  const { onCommit, input } = field();
  fireEvent.change(input, { target: { value: "amount" } });
  expect(onCommit).not.toHaveBeenCalled();
  fireEvent.keyDown(input, { key: "Enter" });
  fireEvent.blur(input);
  expect(onCommit.mock.calls).toEqual([["amount"]]);
});

it("leaving the field proposes it too", () => {
  const { onCommit, input } = field();
  fireEvent.change(input, { target: { value: "amount" } });
  fireEvent.blur(input);
  expect(onCommit).toHaveBeenCalledWith("amount");
});

it("Escape takes it back and an unchanged value is not proposed", () => {
  const { onCommit, input } = field();
  fireEvent.change(input, { target: { value: "amount" } });
  fireEvent.keyDown(input, { key: "Escape" });
  expect(input.value).toBe("total");
  fireEvent.change(input, { target: { value: "total" } });
  fireEvent.blur(input);
  expect(onCommit).not.toHaveBeenCalled();
});
