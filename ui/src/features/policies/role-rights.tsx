/** What a role comes to: entities and actions as the core decides them, with the operations that no policy decides. */
import { useAnswer } from "@/api/hooks";
import { describe } from "@/api/notices";
import type { RoleRightsRow } from "@/contract/RoleRightsRow";
import { Input } from "@/kit/input";
import { Badge } from "@/kit/layout";
import { Failure, Skeleton } from "@/kit/states";
import { t } from "@/kit/text";
import { jumpTo } from "@/model/place";
import type { Role } from "@/model/workspace";
import { EyeOff } from "lucide-react";
import { useState } from "react";
import { lookOf } from "./verdict";

/** Entities shown before somebody filters. */
const SHOWN = 200;

interface Chosen {
  entity: string;
  /** An action, or `others`. */
  what: string;
}

export function Rights({ role }: { role: Role }) {
  const rights = useAnswer("roles.read_rights", { roleId: role.id }, { keep: true });
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<Chosen | null>(null);
  if (rights.error && !rights.data) return <Failure words={describe(rights.error)} onRetry={() => void rights.refetch()} />;
  if (!rights.data) return <Skeleton rows={6} />;
  const { inherits, heirs, actions, rows } = rights.data;
  const fitting = rows.filter((row) => row.entity.toLowerCase().includes(search.toLowerCase()));
  const row = rows.find((candidate) => candidate.entity === chosen?.entity);
  return (
    <section aria-label={t("What it comes to")} className="flex min-w-0 flex-1 flex-col gap-3 p-4 @4xl:overflow-auto">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="text-sm font-semibold text-soft">{t("What it comes to")}</h3>
        {rows.length > 8 ? <Input type="search" className="ms-auto w-44" aria-label={t("Filter entities")} placeholder={t("Filter entities")} value={search} onChange={(event) => setSearch(event.target.value)} /> : null}
      </div>
      <p className="text-sm text-soft">
        {inherits.length > 0 ? t("With all of {{roles}}.", { roles: inherits.join(", ") }) : t("It inherits nothing.")} {heirs.length > 0 ? t("Inherited by {{roles}}.", { roles: heirs.join(", ") }) : ""}
      </p>
      <table aria-label={t("What {{name}} may do", { name: role.name })} className="w-full border-separate border-spacing-0 overflow-hidden rounded-lg border bg-surface text-sm">
        <thead>
          <tr className="bg-sunken">
            <th scope="col" className="h-7 border-b px-3 text-start font-medium text-soft">
              {t("Entity")}
            </th>
            {actions.map((action) => (
              <th key={action} scope="col" className="border-b px-1.5 text-start font-medium text-soft">
                {t(action)}
              </th>
            ))}
            <th scope="col" className="border-b px-1.5 text-start font-medium text-soft">
              {t("Other operations")}
            </th>
          </tr>
        </thead>
        <tbody>
          {fitting.slice(0, SHOWN).map((line) => (
            <Line key={line.entityId} line={line} actions={actions} chosen={chosen} onChoose={setChosen} />
          ))}
        </tbody>
      </table>
      {fitting.length > SHOWN ? <p className="text-sm text-muted">{t("{{count}} more entities; filter to see them", { count: fitting.length - SHOWN })}</p> : null}
      {chosen && row ? <Why row={row} chosen={chosen} actions={actions} /> : null}
    </section>
  );
}

function Line({ line, actions, chosen, onChoose }: { line: RoleRightsRow; actions: readonly string[]; chosen: Chosen | null; onChoose: (chosen: Chosen) => void }) {
  const isChosen = (what: string) => chosen?.entity === line.entity && chosen.what === what;
  const spaces = [...new Set(line.others.map((right) => right.operation.split(".")[0] ?? ""))];
  return (
    <tr className="[&:not(:last-child)>*]:border-b">
      <th scope="row" className="h-8 max-w-48 px-3 text-start font-medium">
        <span className="block truncate" title={line.entity}>
          {line.entity}
        </span>
      </th>
      {line.cells.map((cell, column) => {
        const action = actions[column] ?? "";
        const { icon: Icon, tone, word } = lookOf(cell.verdict);
        return (
          <td key={action} className="p-0.5">
            <button
              type="button"
              aria-pressed={isChosen(action)}
              aria-label={`${line.entity}, ${t(action)}: ${word}`}
              onClick={() => onChoose({ entity: line.entity, what: action })}
              className={`flex h-7 w-full items-center gap-1.5 rounded px-1.5 text-start hover:ring-1 hover:ring-line-strong aria-pressed:ring-2 aria-pressed:ring-accent ${tone}`}
            >
              <Icon className="size-3.5 shrink-0" aria-hidden />
              <span className="truncate">{word}</span>
              {cell.limitsFields ? <EyeOff className="ms-auto size-3 shrink-0 opacity-80" aria-hidden /> : null}
            </button>
          </td>
        );
      })}
      <td className="p-0.5">
        {line.others.length > 0 ? (
          <button
            type="button"
            aria-pressed={isChosen("others")}
            aria-label={t("{{entity}}, other operations: {{number}}", { entity: line.entity, number: line.others.length })}
            onClick={() => onChoose({ entity: line.entity, what: "others" })}
            className="flex h-7 w-full items-center gap-1 rounded px-1.5 text-start hover:ring-1 hover:ring-line-strong aria-pressed:ring-2 aria-pressed:ring-accent"
          >
            {spaces.map((space) => (
              <Badge key={space} tone="ok" title={line.others.filter((right) => right.operation.startsWith(`${space}.`)).map((right) => right.operation).join(", ")}>
                {t(space)} {line.others.filter((right) => right.operation.startsWith(`${space}.`)).length}
              </Badge>
            ))}
          </button>
        ) : (
          <span className="px-1.5 text-muted">{t("none")}</span>
        )}
      </td>
    </tr>
  );
}

function Why({ row, chosen, actions }: { row: RoleRightsRow; chosen: Chosen; actions: readonly string[] }) {
  const cell = row.cells[actions.indexOf(chosen.what)];
  const title = chosen.what === "others" ? t("Other operations on {{entity}}", { entity: row.entity }) : `${row.entity} · ${t(chosen.what)}`;
  return (
    <div role="status" className="flex flex-col gap-1.5 rounded-lg border bg-surface p-3 text-sm">
      <h4 className="font-semibold">{title}</h4>
      {cell ? (
        <>
          {cell.deciding.length === 0 ? <p className="text-soft">{t("No permission and no policy speaks to it. What nothing allows is denied.")}</p> : null}
          <ul className="flex flex-col gap-0.5">
            {[...cell.deciding.map((rule) => ({ ...rule, dead: false })), ...cell.shadowed.map((rule) => ({ ...rule, dead: true }))].map((rule) => (
              <li key={rule.id} className="flex min-w-0 items-center gap-2">
                {rule.id.includes("/") ? (
                  <code className="truncate font-mono">{rule.name}</code>
                ) : (
                  <button type="button" className="truncate text-accent hover:underline" onClick={() => jumpTo(row.entityId, ["policies", rule.id])}>
                    {t("policy {{name}}", { name: rule.name })}
                  </button>
                )}
                {rule.dead ? <Badge>{t("never reached")}</Badge> : null}
              </li>
            ))}
          </ul>
        </>
      ) : (
        <ul className="flex flex-col gap-0.5">
          {row.others.map((right) => (
            <li key={right.operation} className="flex min-w-0 flex-wrap gap-x-3">
              <span className="w-56 shrink-0 truncate font-mono">{right.operation}</span>
              <span className="min-w-0 truncate text-muted">{t("by {{permissions}}", { permissions: right.by.join(", ") })}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
