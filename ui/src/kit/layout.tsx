/** Panels, headers, sections, badges, tabs. */
import { ChevronRight } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";

export function ScreenHeader({ title, note, children }: { title: string; note?: ReactNode; children?: ReactNode }) {
  return (
    <header className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b bg-surface px-4 py-1.5">
      <h1 className="text-lg font-semibold">{title}</h1>
      {note ? <p className="min-w-0 truncate text-sm text-muted">{note}</p> : null}
      <div className="ms-auto flex items-center gap-2">{children}</div>
    </header>
  );
}

/** A titled part that can be folded. Its actions stand beside the title, not inside its button. */
export function Section({ title, count, actions, children, open: atFirst = true }: { title: string; count?: number | undefined; actions?: ReactNode; children: ReactNode; open?: boolean }) {
  const [open, setOpen] = useState(atFirst);
  const id = useId();
  return (
    <section aria-labelledby={id} className="border-b">
      <div className="flex h-8 items-center pe-1">
        <button type="button" id={id} aria-expanded={open} onClick={() => setOpen(!open)} className="flex h-full flex-1 items-center gap-1 ps-3 text-start text-sm font-semibold text-soft hover:text-text">
          <ChevronRight className={`size-3.5 transition-transform ${open ? "rotate-90" : ""}`} aria-hidden />
          {title}
          {count !== undefined ? <span className="font-normal text-muted tabular">{count}</span> : null}
        </button>
        {actions ? <div onClick={() => setOpen(true)}>{actions}</div> : null}
      </div>
      {open ? <div className="flex flex-col gap-2.5 px-3 pt-0.5 pb-3">{children}</div> : null}
    </section>
  );
}

const badgeTones = {
  neutral: "bg-hover text-soft",
  accent: "bg-accent-wash text-accent",
  danger: "bg-danger-wash text-danger",
  warn: "bg-warn-wash text-warn",
  info: "bg-info-wash text-info",
  ok: "bg-ok-wash text-ok",
} as const;

export function Badge({ tone = "neutral", children, title }: { tone?: keyof typeof badgeTones; children: ReactNode; title?: string }) {
  return (
    <span title={title} className={`inline-flex h-4.5 items-center gap-1 rounded px-1.5 text-xs font-medium whitespace-nowrap ${badgeTones[tone]}`}>
      {children}
    </span>
  );
}

export interface Tab<K extends string> {
  key: K;
  label: string;
  icon?: ReactNode;
}

export function Tabs<K extends string>({ label, tabs, chosen, onChoose }: { label: string; tabs: readonly Tab<K>[]; chosen: K; onChoose: (key: K) => void }) {
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const at = tabs.findIndex((tab) => tab.key === chosen);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    onChoose(next.key);
    const buttons = event.currentTarget.querySelectorAll("button");
    buttons[tabs.indexOf(next)]?.focus();
  };
  return (
    <div role="tablist" aria-label={label} onKeyDown={onKeyDown} className="inline-flex rounded-md bg-sunken p-0.5">
      {tabs.map((tab) => (
        <button
          key={tab.key}
          type="button"
          role="tab"
          aria-selected={tab.key === chosen}
          tabIndex={tab.key === chosen ? 0 : -1}
          onClick={() => onChoose(tab.key)}
          className="inline-flex h-6 items-center gap-1.5 rounded px-2 text-sm text-soft hover:text-text aria-selected:bg-raised aria-selected:font-medium aria-selected:text-text aria-selected:shadow-sm"
        >
          {tab.icon}
          {tab.label}
        </button>
      ))}
    </div>
  );
}
