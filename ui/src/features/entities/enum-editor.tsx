/** The values of an enum, one a line: renamed, added, removed, moved. */
import { Button, IconButton } from "@/kit/button";
import { Draft } from "@/kit/input";
import { t } from "@/kit/text";
import { freeName } from "@/model/workspace";
import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";

export function EnumEditor({ values, onChange }: { values: readonly string[]; onChange: (values: string[]) => void }) {
  const swap = (at: number, to: number) => {
    const next = [...values];
    const [taken] = next.splice(at, 1);
    if (taken !== undefined) next.splice(to, 0, taken);
    onChange(next);
  };
  return (
    <fieldset className="flex flex-col gap-1 rounded-md border p-2">
      <legend className="px-1 text-sm text-soft">{t("Values")}</legend>
      {values.map((value, at) => (
        <div key={`${at}${value}`} className="flex items-center gap-0.5">
          <Draft
            aria-label={t("Value {{number}}", { number: at + 1 })}
            value={value}
            onCommit={(text) => {
              if (text !== "" && !values.includes(text)) onChange(values.map((old, index) => (index === at ? text : old)));
            }}
          />
          <IconButton label={t("Move {{value}} up", { value })} className="size-6" disabled={at === 0} onClick={() => swap(at, at - 1)}>
            <ArrowUp className="size-3" aria-hidden />
          </IconButton>
          <IconButton label={t("Move {{value}} down", { value })} className="size-6" disabled={at === values.length - 1} onClick={() => swap(at, at + 1)}>
            <ArrowDown className="size-3" aria-hidden />
          </IconButton>
          <IconButton label={t("Remove {{value}}", { value })} className="size-6" onClick={() => onChange(values.filter((other) => other !== value))}>
            <X className="size-3" aria-hidden />
          </IconButton>
        </div>
      ))}
      <Button tone="quiet" className="h-6 self-start" icon={<Plus className="size-3.5" aria-hidden />} onClick={() => onChange([...values, freeName("value", values)])}>
        {t("Add value")}
      </Button>
    </fieldset>
  );
}
