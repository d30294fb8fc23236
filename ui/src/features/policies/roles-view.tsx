/** Roles: the list on the left, the chosen one with what it comes to beside it. */
import { queue } from "@/api/client";
import { edit, useAnswer, useFindingIndex, usePlace, useRoles } from "@/api/hooks";
import { notify } from "@/api/notices";
import type { PersonaRole } from "@/contract/PersonaRole";
import { Button } from "@/kit/button";
import { SeverityIcon } from "@/kit/finding";
import { Select } from "@/kit/input";
import { Menu } from "@/kit/menu";
import { Empty } from "@/kit/states";
import { t } from "@/kit/text";
import { select } from "@/model/place";
import { type Role, worst } from "@/model/workspace";
import { IdCard, Plus } from "lucide-react";
import { RoleEditor } from "./role-editor";
import { newRole, titleOf } from "./role-words";

export function RolesView() {
  const roles = useRoles();
  const chosen = usePlace((where) => where.entities[0]);
  const role = roles.find((candidate) => candidate.id === chosen) ?? roles[0];
  return role ? <Chosen key={role.id} role={role} roles={roles} /> : <NoRoles />;
}

function NoRoles() {
  return (
    <div className="min-w-0 flex-1">
      <Empty icon={<IdCard className="size-6" aria-hidden />} title={t("Roles say what one may do anywhere")} actions={<RoleActions roles={[]} />}>
        {t("A role permits operations on entities, as read:Invoice or workflow.*:*, and may inherit other roles. Policies of an entity come on top: they may deny, or allow under a condition.")}
      </Empty>
    </div>
  );
}

function Chosen({ role, roles }: { role: Role; roles: readonly Role[] }) {
  const findings = useFindingIndex();
  return (
    <>
      <nav aria-label={t("Roles")} className="hidden w-48 shrink-0 flex-col border-e bg-surface md:flex">
        <ul className="min-h-0 flex-1 overflow-auto p-1">
          {roles.map((candidate) => {
            const bad = worst(findings.of(candidate.id));
            return (
              <li key={candidate.id}>
                <button
                  type="button"
                  aria-current={candidate.id === role.id}
                  onClick={() => select([candidate.id])}
                  className="flex h-7 w-full items-center gap-1.5 rounded px-2 text-start text-sm hover:bg-hover aria-[current=true]:bg-accent-wash aria-[current=true]:font-medium"
                >
                  <span className="truncate" title={candidate.name}>
                    {titleOf(candidate)}
                  </span>
                  {bad ? <SeverityIcon severity={bad} /> : null}
                  <span className="ms-auto text-xs text-muted tabular">{candidate.permissions.length}</span>
                </button>
              </li>
            );
          })}
        </ul>
      </nav>
      <div className="@container flex min-w-0 flex-1 flex-col">
        <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b bg-surface px-4 py-1.5">
          <h2 className="hidden truncate text-lg font-semibold md:block">{titleOf(role)}</h2>
          {role.label ? <code className="hidden font-mono text-sm text-muted md:block">{role.name}</code> : null}
          <Select aria-label={t("Role")} className="w-44 md:hidden" value={role.id} onChange={(event) => select([event.target.value])}>
            {roles.map((other) => (
              <option key={other.id} value={other.id}>
                {titleOf(other)}
              </option>
            ))}
          </Select>
          <div className="ms-auto flex items-center gap-2">
            <RoleActions roles={roles} />
          </div>
        </div>
        <RoleEditor role={role} roles={roles} />
      </div>
    </>
  );
}

function RoleActions({ roles }: { roles: readonly Role[] }) {
  const catalogue = useAnswer("roles.list_operations", {});
  const personas = catalogue.data?.personas ?? [];
  const missing = personas.filter((persona) => !roles.some((role) => role.name === persona.name));
  const items = [
    { label: t("All personas"), disabled: missing.length === 0, run: () => addPersonas(missing) },
    ...personas.map((persona) => ({ label: t(persona.label), disabled: !missing.includes(persona), run: () => addPersonas([persona]) })),
  ];
  return (
    <>
      <Menu align="end" label={t("Add personas")} disabled={personas.length === 0} items={items} />
      <Button tone="primary" icon={<Plus className="size-3.5" aria-hidden />} onClick={() => add(roles)}>
        {t("Role")}
      </Button>
    </>
  );
}

function add(roles: readonly Role[]) {
  const role = newRole(roles);
  if (edit(t("Add role `{{name}}`", { name: role.name }), [{ op: "addDocument", document: role }])) select([role.id]);
}

function addPersonas(personas: readonly PersonaRole[]) {
  queue
    .run("roles.add_personas", { names: personas.map((persona) => persona.name) })
    .then(() => notify.done(t("Personas were added as roles; publish to let them count")))
    .catch((error: unknown) => notify.failure(error, t("The personas were not added")));
}
