/** The right input for a field's type. */
import { useAnswer } from "@/api/hooks";
import type { FieldDoc } from "@/contract/FieldDoc";
import type { WirePrincipal } from "@/contract/WirePrincipal";
import { Input, Select, TextArea } from "@/kit/input";
import { t } from "@/kit/text";
import { useId } from "react";
import { textOf } from "./form";

interface Props {
  ids: { id: string; "aria-describedby"?: string; "aria-invalid"?: true };
  field: FieldDoc;
  value: string;
  principal: WirePrincipal | null;
  onChange: (value: string) => void;
}

const typeOf: Record<string, string> = { date: "date", time: "time", integer: "number", number: "number" };
const formats: Record<string, string> = { email: "email", url: "url", phone: "tel" };

export function FieldInput({ ids, field, value, principal, onChange }: Props) {
  const change = (event: { target: { value: string } }) => onChange(event.target.value);
  if (field.type === "boolean" || field.type === "enum") {
    const choices = field.type === "boolean" ? ["true", "false"] : (field.enumValues ?? []);
    return (
      <Select {...ids} value={value} onChange={change}>
        <option value="">{t("empty")}</option>
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </Select>
    );
  }
  if (field.type === "text" || field.type === "json" || field.type === "object" || field.type === "list")
    return <TextArea {...ids} rows={field.type === "text" ? 3 : 5} className={field.type === "text" ? "" : "font-mono text-sm"} value={value} onChange={change} />;
  if (field.type === "reference") return <ReferenceInput ids={ids} field={field} value={value} principal={principal} onChange={onChange} />;
  const placeholder = field.default !== undefined ? t("default: {{value}}", { value: textOf(field, field.default) }) : field.type === "datetime" ? "2026-11-21T09:30:00Z" : field.type === "duration" ? "PT1H30M" : "";
  return (
    <Input
      {...ids}
      type={typeOf[field.type] ?? formats[field.format ?? ""] ?? "text"}
      step={field.type === "number" ? "any" : field.type === "time" ? 1 : undefined}
      inputMode={field.type === "decimal" ? "decimal" : undefined}
      placeholder={placeholder}
      disabled={field.type === "bytes" || field.type === "attachment"}
      value={value}
      onChange={change}
    />
  );
}

/** An id of the other entity, with the first records to choose from. */
function ReferenceInput({ ids, field, value, principal, onChange }: Props) {
  const list = useId();
  const target = field.referenceTo ?? "";
  const first = useAnswer("records.list_records", { entity: target, principal, limit: 50 }, { enabled: target !== "" });
  const label = (record: Record<string, unknown>) =>
    Object.entries(record)
      .filter(([key, entry]) => typeof entry === "string" && key !== "id" && !/(At|By)$/.test(key))
      .slice(0, 2)
      .map(([, entry]) => entry as string)
      .join(" ");
  return (
    <>
      <Input {...ids} list={list} placeholder={t("id of {{entity}}", { entity: target })} value={value} onChange={(event) => onChange(event.target.value)} />
      <datalist id={list}>
        {(first.data?.data ?? []).map((record) => (
          <option key={String(record.id)} value={String(record.id)}>
            {label(record)}
          </option>
        ))}
      </datalist>
    </>
  );
}
