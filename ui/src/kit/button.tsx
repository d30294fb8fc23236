import type { ComponentProps, ReactNode } from "react";
import { classes } from "./classes";

type Tone = "plain" | "primary" | "danger" | "quiet";

const tones: Record<Tone, string> = {
  plain: "border-line-strong bg-raised text-text hover:bg-hover active:bg-sunken",
  primary: "border-transparent bg-accent text-on-accent hover:bg-accent-strong",
  danger: "border-transparent bg-danger text-on-danger hover:opacity-90",
  quiet: "border-transparent text-soft hover:bg-hover hover:text-text",
};

export interface ButtonProps extends ComponentProps<"button"> {
  tone?: Tone;
  icon?: ReactNode;
}

export function Button({ tone = "plain", icon, className = "", children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={classes(`inline-flex shrink-0 items-center gap-1.5 rounded-md border px-2.5 text-sm font-medium whitespace-nowrap transition-colors disabled:opacity-45 ${tones[tone]}`, className, "h-7", "justify-center")}
      {...rest}
    >
      {icon}
      {children}
    </button>
  );
}

/** A button that shows an icon only; its label is read out and shown on hover. */
export function IconButton({
  label,
  className = "",
  pressed,
  ...rest
}: Omit<ComponentProps<"button">, "aria-label"> & { label: string; pressed?: boolean }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      className={classes("inline-flex shrink-0 items-center justify-center rounded-md text-soft transition-colors hover:bg-hover hover:text-text disabled:opacity-40 aria-pressed:bg-accent-wash aria-pressed:text-accent", className, "size-7")}
      {...rest}
    />
  );
}

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-flex h-4.5 min-w-4.5 items-center justify-center rounded border border-line bg-sunken px-1 font-sans text-xs text-muted">
      {children}
    </kbd>
  );
}
