/** One record, to be made or changed. Findings stand at their fields; a conflict shows what somebody else wrote. */
import { useRun } from "@/api/hooks";
import { describe, notify } from "@/api/notices";
import type { EntityDoc } from "@/contract/EntityDoc";
import type { FieldDoc } from "@/contract/FieldDoc";
import type { WirePrincipal } from "@/contract/WirePrincipal";
import { Button, IconButton } from "@/kit/button";
import { Confirm } from "@/kit/dialog";
import { FindingRow, WithCode } from "@/kit/finding";
import { Labelled } from "@/kit/input";
import { Failure } from "@/kit/states";
import { sentence, t, when } from "@/kit/text";
import { CallFailed } from "@/platform";
import { Trash2, X } from "lucide-react";
import { useState } from "react";
import { FieldInput } from "./field-input";
import { changedValues, findingsAt, textOf, type Typed } from "./form";
import type { RecordRow } from "./use-records";

interface Props {
  entity: string;
  shape: Pick<EntityDoc, "fields" | "identity">;
  /** The record as it was read; null makes a new one. */
  record: RecordRow | null;
  principal: WirePrincipal | null;
  onClose: () => void;
  onSaved: (record: RecordRow) => void;
}

const text = (value: unknown) => (typeof value === "string" || typeof value === "number" ? String(value) : "");

export function RecordForm({ entity, shape, record: given, principal, onClose, onSaved }: Props) {
  const [record, setRecord] = useState(given);
  const [typed, setTyped] = useState<Typed>({});
  const [deleting, setDeleting] = useState(false);
  const create = useRun("records.create_record");
  const update = useRun("records.update_record");
  const remove = useRun("records.delete_record");
  const reread = useRun("records.get_record");
  const id = text(record?.id);
  const idField: FieldDoc | null = record === null && shape.identity.type !== "uuid" ? { id: "id", name: "id", type: shape.identity.type === "integer" ? "integer" : "string", required: shape.identity.type === "text" } : null;
  const fields = idField ? [idField, ...shape.fields] : shape.fields;
  const error = create.error ?? update.error ?? remove.error;
  const wire = error instanceof CallFailed ? error.wire : null;
  const findings = wire?.findings ?? [];
  const loose = findings.filter((finding) => !fields.some((field) => findingsAt([finding], field.name).length > 0));
  const conflict = wire !== null && (wire.status === 409 || wire.status === 412) && record !== null && findings.length === 0;
  const values = changedValues(fields, record, typed);
  const dirty = Object.keys(values).length > 0;
  const busy = create.isPending || update.isPending || remove.isPending;

  const save = () => {
    const done = ({ record: saved }: { record: RecordRow }) => {
      notify.done(record === null ? t("The record was created") : t("The record was saved"));
      onSaved(saved);
    };
    if (record === null) create.mutate({ entity, values, principal }, { onSuccess: done });
    else update.mutate({ entity, id, values, rowVersion: Number(record.rowVersion), principal }, { onSuccess: done });
  };
  const takeTheirs = () => reread.mutate({ entity, id, principal }, { onSuccess: ({ record: fresh }) => (setRecord(fresh), update.reset()) });

  return (
    <aside aria-label={record === null ? t("New record") : t("Record")} className="flex w-88 shrink-0 flex-col border-s bg-surface">
      <header className="flex items-center gap-1 border-b px-3 py-2">
        <div className="min-w-0 flex-1">
          <p className="text-xs text-muted">{entity}</p>
          <h2 className="truncate font-semibold">{record === null ? t("New record") : id}</h2>
        </div>
        {record !== null ? (
          <IconButton label={t("Delete record")} onClick={() => setDeleting(true)}>
            <Trash2 className="size-4" aria-hidden />
          </IconButton>
        ) : null}
        <IconButton label={t("Close")} onClick={onClose}>
          <X className="size-4" aria-hidden />
        </IconButton>
      </header>
      <form
        id="record-form"
        noValidate
        className="flex min-h-0 flex-1 flex-col gap-3 overflow-auto p-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (dirty || record === null) save();
        }}
      >
        {conflict ? (
          <div role="alert" className="rounded-lg border border-warn bg-warn-wash p-3 text-sm">
            <p className="font-medium">{t("Somebody else changed this record since you opened it")}</p>
            <p className="mt-1 text-soft">{t("Read it again: what you typed stays and can be saved over theirs; fields you did not touch show what they wrote.")}</p>
            <Button className="mt-2" disabled={reread.isPending} onClick={takeTheirs}>
              {t("Read it again")}
            </Button>
          </div>
        ) : null}
        {error && !conflict && findings.length === 0 ? (
          <div className="-m-3">
            <Failure words={describe(error)} />
          </div>
        ) : null}
        {loose.length > 0 ? (
          <div role="alert" className="-mx-3">
            {loose.map((finding, at) => (
              <FindingRow key={at} finding={finding} />
            ))}
          </div>
        ) : null}
        {fields.map((field) => {
          const wrong = findingsAt(findings, field.name);
          return (
            <Labelled
              key={field.id}
              label={`${field.label ?? field.name}${field.required ? " *" : ""}`}
              help={field.description}
              problem={wrong.length > 0 ? wrong.map((finding, at) => <p key={at}><WithCode text={sentence(finding)} /></p>) : undefined}
            >
              {(ids) => (
                <FieldInput ids={ids} field={field} principal={principal} value={typed[field.name] ?? textOf(field, record?.[field.name])} onChange={(value) => setTyped({ ...typed, [field.name]: value })} />
              )}
            </Labelled>
          );
        })}
        {record !== null && record.updatedAt !== undefined ? (
          <p className="text-xs text-muted">
            {t("Version {{version}}, changed {{when}} by {{who}}", { version: text(record.rowVersion), when: when(text(record.updatedAt)), who: text(record.updatedBy) })}
          </p>
        ) : null}
      </form>
      <footer className="flex justify-end gap-2 border-t bg-sunken px-3 py-2">
        <Button onClick={onClose}>{t("Cancel")}</Button>
        <Button type="submit" form="record-form" tone="primary" disabled={busy || (record !== null && !dirty)}>
          {record === null ? t("Create") : t("Save")}
        </Button>
      </footer>
      {deleting ? (
        <Confirm
          title={t("Delete this record?")}
          action={t("Delete")}
          busy={busy}
          onClose={() => setDeleting(false)}
          onConfirm={() =>
            remove.mutate(
              { entity, id, rowVersion: Number(record?.rowVersion), principal },
              { onSuccess: () => (notify.done(t("The record was deleted")), onClose()), onSettled: () => setDeleting(false) },
            )
          }
        >
          <p>{t("{{entity}} {{id}} is deleted from local. This cannot be undone.", { entity, id })}</p>
        </Confirm>
      ) : null}
    </aside>
  );
}
