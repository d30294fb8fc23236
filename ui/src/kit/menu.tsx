import { ChevronDown } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Button, type ButtonProps } from "./button";

export interface MenuItem {
  label: string;
  icon?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  run: () => void;
}

/** A button that opens a short list of actions. */
export function Menu({ label, items, align = "start", ...button }: Omit<ButtonProps, "children"> & { label: ReactNode; items: readonly MenuItem[]; align?: "start" | "end" }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    list.current?.querySelector<HTMLElement>("[role=menuitem]:not(:disabled)")?.focus();
    const away = (event: MouseEvent) => {
      if (!root.current?.contains(event.target as globalThis.Node)) setOpen(false);
    };
    document.addEventListener("mousedown", away);
    return () => document.removeEventListener("mousedown", away);
  }, [open]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!open) return;
    event.stopPropagation();
    if (event.key === "Escape") {
      setOpen(false);
      root.current?.querySelector("button")?.focus();
    }
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const all = [...(list.current?.querySelectorAll<HTMLElement>("[role=menuitem]:not(:disabled)") ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[(at + step + all.length) % all.length]?.focus();
  };
  return (
    <div ref={root} className="relative" onKeyDown={onKeyDown}>
      <Button aria-haspopup="menu" aria-expanded={open} {...button} onClick={() => setOpen(!open)}>
        {label}
        <ChevronDown className="-me-1 size-3.5 opacity-70" aria-hidden />
      </Button>
      {open ? (
        <div ref={list} role="menu" className={`absolute top-full z-30 mt-1 min-w-48 rounded-lg border bg-raised p-1 shadow-raised ${align === "end" ? "end-0" : "start-0"}`}>
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              disabled={item.disabled}
              onClick={() => {
                setOpen(false);
                item.run();
              }}
              className={`flex h-7 w-full items-center gap-2 rounded px-2 text-start text-sm whitespace-nowrap hover:bg-hover focus:bg-hover disabled:opacity-45 ${item.danger ? "text-danger" : ""}`}
            >
              {item.icon}
              {item.label}
            </button>
          ))}
        </div>
      ) : null}
    </div>
  );
}
