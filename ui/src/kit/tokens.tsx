/** A list of short names, each a chip. Enter, comma or leaving adds what was typed; Backspace takes the last away. */
import { X } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import { t } from "./text";

export function Tokens({
  label,
  values,
  onChange,
  suggestions = [],
  placeholder,
  disabled = false,
  ...described
}: {
  label: string;
  values: readonly string[];
  onChange: (values: string[]) => void;
  suggestions?: readonly string[];
  placeholder?: string;
  disabled?: boolean;
  id?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}) {
  const list = useId();
  const [typed, setTyped] = useState("");
  const add = (text: string) => {
    setTyped("");
    const fresh = text.split(/[,\s]+/).filter((name) => name !== "" && !values.includes(name));
    if (fresh.length > 0) onChange([...values, ...new Set(fresh)]);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault();
      add(typed);
    }
    if (event.key === "Escape" && typed !== "") {
      event.stopPropagation();
      setTyped("");
    }
    if (event.key === "Backspace" && typed === "" && values.length > 0) onChange(values.slice(0, -1));
  };
  return (
    <div className="flex min-h-7 flex-wrap items-center gap-1 rounded-md border border-line-strong bg-raised px-1 py-0.5 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-focus hover:border-muted has-[[aria-invalid]]:border-danger">
      {values.map((value) => (
        <span key={value} className="inline-flex h-5 max-w-full items-center gap-0.5 rounded bg-hover ps-1.5 text-sm">
          <span className="truncate">{value}</span>
          <button type="button" disabled={disabled} aria-label={t("Remove {{name}}", { name: value })} onClick={() => onChange(values.filter((other) => other !== value))} className="rounded p-0.5 text-muted hover:text-text">
            <X className="size-3" aria-hidden />
          </button>
        </span>
      ))}
      <input
        aria-label={label}
        {...described}
        list={list}
        autoComplete="off"
        spellCheck={false}
        disabled={disabled}
        value={typed}
        placeholder={values.length === 0 ? placeholder : undefined}
        onChange={(event) => {
          const text = event.target.value;
          // A choice from the list arrives whole.
          const chosen = event.nativeEvent instanceof InputEvent ? false : suggestions.includes(text);
          if (chosen) add(text);
          else setTyped(text);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => add(typed)}
        className="h-5.5 min-w-16 flex-1 bg-transparent px-1 text-base outline-none"
      />
      <datalist id={list}>
        {suggestions.filter((name) => !values.includes(name)).map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
  );
}
