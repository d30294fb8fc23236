/** The permissions of a role, one line each, and a field for one more that is checked while it is typed. */
import { useAnswer, useEntities } from "@/api/hooks";
import type { Finding } from "@/contract/Finding";
import { Button, IconButton } from "@/kit/button";
import { SeverityIcon, WithCode } from "@/kit/finding";
import { Input } from "@/kit/input";
import { sentence, t } from "@/kit/text";
import { type Role, worst } from "@/model/workspace";
import { Plus, X } from "lucide-react";
import { type FormEvent, useDeferredValue, useId, useState } from "react";
import { Told } from "./rule-editor";
import { about, meaning, suggestions } from "./role-words";

export function PermissionList({ role, findings, onChange }: { role: Role; findings: readonly Finding[]; onChange: (permissions: string[]) => void }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <div className="flex flex-col gap-1.5">
      <h3 className="text-sm text-soft">{t("Permits")}</h3>
      {role.permissions.length > 0 ? (
        <ul aria-label={t("Permissions")} className="flex flex-col overflow-hidden rounded-lg border bg-surface [&>li:not(:last-child)]:border-b">
          {role.permissions.map((permission, at) => {
            const told = about(findings, permission);
            const bad = worst(told);
            return (
              <li key={`${permission}/${at}`} className="flex flex-col">
                <span className="flex min-h-8 items-center gap-2 ps-2.5 pe-1">
                  <code className="min-w-0 shrink-0 max-w-[85%] truncate font-mono text-sm" title={permission}>{permission}</code>
                  {bad ? (
                    <button type="button" aria-expanded={open === permission} aria-label={t("What is wrong with {{name}}", { name: permission })} onClick={() => setOpen(open === permission ? null : permission)} className="inline-flex rounded p-0.5 hover:bg-hover">
                      <SeverityIcon severity={bad} />
                    </button>
                  ) : (
                    <span className="min-w-0 truncate text-xs text-muted">{t(meaning(permission))}</span>
                  )}
                  <IconButton className="ms-auto size-6" label={t("Remove {{name}}", { name: permission })} onClick={() => onChange(role.permissions.filter((_, other) => other !== at))}>
                    <X className="size-3.5" aria-hidden />
                  </IconButton>
                </span>
                {open === permission || bad === "error" ? <Told findings={told} /> : null}
              </li>
            );
          })}
        </ul>
      ) : (
        <p className="rounded-lg border border-dashed border-line-strong px-2.5 py-2 text-sm text-muted">{t("Nothing of its own. It can still be named by policies.")}</p>
      )}
      <OneMore role={role} onAdd={(permission) => onChange([...role.permissions, permission])} />
    </div>
  );
}

function OneMore({ role, onAdd }: { role: Role; onAdd: (permission: string) => void }) {
  const [typed, setTyped] = useState("");
  const list = useId();
  const told = useId();
  const entities = useEntities();
  const catalogue = useAnswer("roles.list_operations", {});
  const text = useDeferredValue(typed.trim());
  const check = useAnswer("roles.check_role", { document: { ...role, permissions: [...role.permissions, text] } }, { enabled: text !== "", keep: true });
  // While the core has not looked at this very text, nothing is said about it.
  const problems = text === "" || check.isPlaceholderData ? [] : about(check.data?.findings ?? [], text);
  const problem = problems[0];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim() === "") return;
    onAdd(typed.trim());
    setTyped("");
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-1">
      <div className="flex gap-1.5">
        <Input
          aria-label={t("One more permission")}
          aria-describedby={told}
          aria-invalid={problem?.severity === "error" || undefined}
          className="font-mono"
          list={list}
          placeholder="read:Invoice"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <datalist id={list}>
          {suggestions(typed, catalogue.data, entities).map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
        <Button type="submit" icon={<Plus className="size-3.5" aria-hidden />} disabled={typed.trim() === ""}>
          {t("Permit")}
        </Button>
      </div>
      <p id={told} aria-live="polite" className="flex min-h-4 items-start gap-1 text-xs text-muted">
        {problem ? (
          <>
            <SeverityIcon severity={problem.severity} className="size-3.5" />
            <span>
              <WithCode text={sentence(problem)} />; <WithCode text={problem.help ?? ""} />
            </span>
          </>
        ) : text !== "" && check.data && !check.isPlaceholderData ? (
          t(meaning(text))
        ) : (
          t("An operation, a colon, an entity; `*` for all.").replaceAll("`", "")
        )}
      </p>
    </form>
  );
}
