import { type ComponentProps, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { classes } from "./classes";

const box =
  "min-w-0 rounded-md border border-line-strong bg-raised text-text hover:border-muted disabled:opacity-50 aria-invalid:border-danger";

export function Input({ className = "", ...rest }: ComponentProps<"input">) {
  return <input autoComplete="off" spellCheck={false} className={classes(box, className, "w-full", "h-7", "px-2", "text-base")} {...rest} />;
}

export function TextArea({ className = "", ...rest }: ComponentProps<"textarea">) {
  return <textarea spellCheck={false} className={classes(`${box} px-2 py-1 leading-5`, className, "w-full", "text-base")} {...rest} />;
}

export function Select({ className = "", children, ...rest }: ComponentProps<"select">) {
  return (
    <select className={classes(`${box} ps-2 pe-1`, className, "w-full", "h-7", "text-base")} {...rest}>
      {children}
    </select>
  );
}

/** A label above or beside its control, with help and what is wrong. */
export function Labelled({
  label,
  help,
  problem,
  beside = false,
  children,
}: {
  label: string;
  help?: string | undefined;
  problem?: ReactNode;
  beside?: boolean;
  children: (ids: { id: string; "aria-describedby"?: string; "aria-invalid"?: true }) => ReactNode;
}) {
  const id = useId();
  const described = [help ? `${id}-help` : "", problem ? `${id}-problem` : ""].filter(Boolean).join(" ");
  return (
    <div className={beside ? "grid grid-cols-[6.25rem_minmax(0,1fr)] items-start gap-x-2" : "flex flex-col gap-1"}>
      <label htmlFor={id} className={`text-sm text-soft ${beside ? "pt-1.5 leading-4" : ""}`}>
        {label}
      </label>
      <div className="flex min-w-0 flex-col gap-1">
        {children({
          id,
          ...(described && { "aria-describedby": described }),
          ...(problem ? { "aria-invalid": true } : {}),
        })}
        {help ? (
          <p id={`${id}-help`} className="text-xs text-muted">
            {help}
          </p>
        ) : null}
        {problem ? (
          <div id={`${id}-problem`} className="text-xs text-danger">
            {problem}
          </div>
        ) : null}
      </div>
    </div>
  );
}

/**
 * A text field that proposes its value when the person is done with it: on Enter, on leaving, and half a second
 * after the last key where `live`. Escape takes back what was typed.
 */
export function Draft({
  value,
  onCommit,
  live = false,
  multiline = false,
  ...rest
}: Omit<ComponentProps<"input">, "value" | "onChange" | "ref"> & {
  value: string;
  onCommit: (value: string) => void;
  live?: boolean;
  multiline?: boolean;
  ref?: React.Ref<HTMLInputElement>;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const commit = (text: string | null) => {
    window.clearTimeout(timer.current);
    setTyped(null);
    if (text !== null && text !== value) onCommit(text);
  };
  const shared = {
    value: typed ?? value,
    onChange: (event: { target: { value: string } }) => {
      const text = event.target.value;
      setTyped(text);
      if (!live) return;
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => onCommit(text), 500);
    },
    onBlur: () => commit(typed),
    onKeyDown: (event: React.KeyboardEvent) => {
      if (event.key === "Escape" && typed !== null) {
        event.stopPropagation();
        window.clearTimeout(timer.current);
        setTyped(null);
      }
      if (event.key === "Enter" && (!multiline || event.ctrlKey)) commit(typed);
    },
  };
  if (multiline) {
    const { ref: _ref, ...more } = rest;
    return <TextArea rows={2} {...(more as ComponentProps<"textarea">)} {...shared} />;
  }
  return <Input {...rest} {...shared} />;
}

export function Switch({
  checked,
  onChange,
  label,
  help,
  disabled,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: string;
  help?: string;
  disabled?: boolean;
}) {
  const id = useId();
  return (
    <div className="flex items-start gap-2">
      <button
        id={id}
        type="button"
        role="switch"
        aria-checked={checked}
        aria-labelledby={`${id}-label`}
        disabled={disabled}
        onClick={() => onChange(!checked)}
        className={`mt-0.5 flex h-4 w-7 shrink-0 items-center rounded-full border p-px transition-colors disabled:opacity-50 ${checked ? "justify-end border-accent bg-accent" : "border-muted bg-sunken"}`}
      >
        <span className={`size-3 rounded-full ${checked ? "bg-on-accent" : "bg-muted"}`} />
      </button>
      <div className="min-w-0">
        <label id={`${id}-label`} htmlFor={id} className="text-sm text-text">
          {label}
        </label>
        {help ? <p className="text-xs text-muted">{help}</p> : null}
      </div>
    </div>
  );
}

export function Check({ label, ...rest }: Omit<ComponentProps<"input">, "type"> & { label: ReactNode }) {
  return (
    <label className="inline-flex items-center gap-1.5 text-sm text-text">
      <input type="checkbox" className="size-3.5 accent-accent" {...rest} />
      {label}
    </label>
  );
}
