/** One role: what it is called, what it permits and inherits, and what it comes to. */
import { queue } from "@/api/client";
import { edit, useFindingIndex } from "@/api/hooks";
import { notify } from "@/api/notices";
import { Button } from "@/kit/button";
import { Draft, Labelled } from "@/kit/input";
import { t } from "@/kit/text";
import { Tokens } from "@/kit/tokens";
import { setKey } from "@/model/make";
import type { Role } from "@/model/workspace";
import { Trash2 } from "lucide-react";
import { Told } from "./rule-editor";
import { PermissionList } from "./permission-list";
import { Rights } from "./role-rights";
import { aboutKey, mayInherit, titleOf } from "./role-words";

export function RoleEditor({ role, roles }: { role: Role; roles: readonly Role[] }) {
  const findings = useFindingIndex().of(role.id);
  const set = (key: keyof Role, value: unknown) => edit(t("Change role `{{name}}`", { name: role.name }), [setKey(role.id, [key], value)]);
  const orNothing = (text: string) => (text === "" ? undefined : text);
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-auto @4xl:flex-row @4xl:overflow-hidden">
      <section aria-label={t("Role {{name}}", { name: role.name })} className="flex shrink-0 flex-col gap-3 border-b p-4 @4xl:w-[24rem] @4xl:overflow-auto @4xl:border-e @4xl:border-b-0">
        <Told findings={aboutKey(findings, "")} />
        <div className="grid grid-cols-2 gap-2">
          <Labelled label={t("Name")}>{(ids) => <Draft {...ids} value={role.name} onCommit={(name) => rename(role, name)} />}</Labelled>
          <Labelled label={t("Label")}>{(ids) => <Draft {...ids} value={role.label ?? ""} placeholder={role.name} onCommit={(text) => set("label", orNothing(text))} />}</Labelled>
        </div>
        <Told findings={aboutKey(findings, "name")} />
        <Labelled label={t("Description")}>{(ids) => <Draft {...ids} multiline value={role.description ?? ""} onCommit={(text) => set("description", orNothing(text))} />}</Labelled>
        <PermissionList role={role} findings={findings} onChange={(permissions) => set("permissions", permissions)} />
        <Labelled label={t("Inherits")} help={t("It has their permissions and meets their policies too, the ones that deny included.")}>
          {(ids) => <Tokens {...ids} label={t("Inherits")} values={role.inherits} suggestions={mayInherit(role, roles)} placeholder={t("no role")} onChange={(inherits) => set("inherits", inherits)} />}
        </Labelled>
        <Told findings={aboutKey(findings, "inherits")} />
        <div className="mt-auto pt-2">
          <Button tone="quiet" className="text-danger" icon={<Trash2 className="size-3.5" aria-hidden />} onClick={() => edit(t("Remove role `{{name}}`", { name: role.name }), [{ op: "removeDocument", document: role.id }])}>
            {t("Remove {{name}}", { name: titleOf(role) })}
          </Button>
        </div>
      </section>
      <Rights role={role} />
    </div>
  );
}

/** Everything that names the role follows. */
function rename(role: Role, name: string) {
  queue.run("roles.rename_role", { roleId: role.id, name }).catch((error: unknown) => notify.failure(error, t("The role was not renamed")));
}
