/** The default value of a field, of the field's type. */
import type { FieldDoc } from "@/contract/FieldDoc";
import { Draft, Select } from "@/kit/input";
import { t } from "@/kit/text";

export function DefaultInput({ ids, field, onCommit }: { ids: { id: string }; field: FieldDoc; onCommit: (value: unknown) => void }) {
  const choices = field.type === "boolean" ? ["true", "false"] : field.type === "enum" ? (field.enumValues ?? []) : null;
  const shown = field.default === undefined ? "" : typeof field.default === "string" ? field.default : JSON.stringify(field.default);
  if (choices) {
    const known = shown === "" || choices.includes(shown);
    return (
      <Select {...ids} value={shown} onChange={(event) => onCommit(valueOf(field.type, event.target.value))}>
        <option value="">{t("None")}</option>
        {known ? null : <option>{shown}</option>}
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </Select>
    );
  }
  return <Draft {...ids} value={shown} placeholder={t("None")} disabled={field.type === "reference" || field.type === "bytes"} onCommit={(text) => onCommit(valueOf(field.type, text))} />;
}

/** Text as a value of a type; what does not fit stays text, and the core says what is wrong with it. */
export function valueOf(type: string, text: string): unknown {
  if (text === "") return undefined;
  if (type === "boolean") return text === "true";
  if (type === "integer" || type === "number") return Number.isFinite(Number(text)) ? Number(text) : text;
  if (type === "json") {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  return text;
}
