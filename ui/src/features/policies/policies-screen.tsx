/** Who may do what: entities on the left, the matrix and the policies of the chosen one. */
import { queue } from "@/api/client";
import { edit, useEntities, useFindingIndex, usePlace } from "@/api/hooks";
import { notify } from "@/api/notices";
import { Button } from "@/kit/button";
import { FindingRow, SeverityIcon } from "@/kit/finding";
import { Input } from "@/kit/input";
import { ScreenHeader } from "@/kit/layout";
import { Menu } from "@/kit/menu";
import { Empty } from "@/kit/states";
import { t } from "@/kit/text";
import { newId } from "@/model/make";
import { explain, goTo, select } from "@/model/place";
import { type Entity, freeName, worst } from "@/model/workspace";
import { Ban, Check, Minus, Plus, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { actions, decide, EVERYONE, rolesOf } from "./matrix";
import { PolicyRow } from "./policy-row";

const starters = [
  { key: "admin-only", title: "Admins only" },
  { key: "standard", title: "Standard roles: admin, manager, user, guest" },
  { key: "read-only", title: "Everyone reads, admins do everything" },
];

export function addStarter(starter: string, entities?: string[]) {
  queue
    .run("policies.add_starter", { starter, ...(entities && { entities }) })
    .then(() => notify.done(t("Starter policies were added; publish to let them count")))
    .catch((error: unknown) => notify.failure(error, t("The starter policies were not added")));
}

export function PoliciesScreen() {
  const entities = useEntities();
  const findings = useFindingIndex();
  const chosen = usePlace((where) => where.entities[0]);
  const [search, setSearch] = useState("");
  const entity = entities.find((candidate) => candidate.id === chosen) ?? entities[0];
  if (!entity)
    return (
      <Empty icon={<ShieldCheck className="size-6" aria-hidden />} title={t("Policies speak about entities")} actions={<Button onClick={() => goTo("model")}>{t("Go to the model")}</Button>}>
        {t("Add an entity or import a database first; then say here who may do what with its records.")}
      </Empty>
    );
  const shown = entities.filter((candidate) => candidate.name.toLowerCase().includes(search.toLowerCase()));
  const open = entities.filter((candidate) => candidate.policies.length === 0).length;
  return (
    <div className="flex h-full flex-col">
      <ScreenHeader title={t("Policies")} note={open > 0 ? t("{{count}} entities have none: nobody may use their records", { count: open }) : t("What no policy allows is denied.")}>
        <Menu
          align="end"
          label={t("Add starter policies to all")}
          items={starters.map((starter) => ({ label: t(starter.title), run: () => addStarter(starter.key) }))}
        />
      </ScreenHeader>
      <div className="flex min-h-0 flex-1">
        <nav aria-label={t("Entities")} className="flex w-56 shrink-0 flex-col border-e bg-surface">
          <div className="p-2">
            <Input type="search" aria-label={t("Filter entities")} placeholder={t("Filter entities")} value={search} onChange={(event) => setSearch(event.target.value)} />
          </div>
          <ul className="min-h-0 flex-1 overflow-auto px-1 pb-2">
            {shown.map((candidate) => {
              const bad = worst(findings.of(candidate.id).filter((finding) => finding.place.path?.[0] === "policies"));
              return (
                <li key={candidate.id}>
                  <button
                    type="button"
                    aria-current={candidate.id === entity.id}
                    onClick={() => select([candidate.id])}
                    className="flex h-7 w-full items-center gap-1.5 rounded px-2 text-start text-sm hover:bg-hover aria-[current=true]:bg-accent-wash aria-[current=true]:font-medium"
                  >
                    <span className="truncate">{candidate.name}</span>
                    {bad ? <SeverityIcon severity={bad} /> : null}
                    <span className={`ms-auto text-xs tabular ${candidate.policies.length === 0 ? "text-warn" : "text-muted"}`}>{candidate.policies.length === 0 ? t("none") : candidate.policies.length}</span>
                  </button>
                </li>
              );
            })}
          </ul>
        </nav>
        <EntityPolicies key={entity.id} entity={entity} />
      </div>
    </div>
  );
}

function EntityPolicies({ entity }: { entity: Entity }) {
  const findings = useFindingIndex()
    .of(entity.id)
    .filter((finding) => finding.place.path?.[0] === "policies");
  const add = () =>
    edit(t("Add policy to `{{name}}`", { name: entity.name }), [
      {
        op: "add",
        document: entity.id,
        path: ["policies"],
        value: { id: newId("pol"), name: freeName("policy", entity.policies.map((policy) => policy.name)), effect: "allow", actions: ["read"], roles: ["user"], priority: 0, condition: null, fields: null, obligations: [] },
      },
    ]);
  return (
    <div className="min-w-0 flex-1 overflow-auto">
      <div className="flex max-w-5xl flex-col gap-6 p-5">
        <header className="flex items-center gap-2">
          <h2 className="text-lg font-semibold">{entity.name}</h2>
          <div className="ms-auto flex gap-2">
            <Menu align="end" label={t("Starter policies")} items={starters.map((starter) => ({ label: t(starter.title), run: () => addStarter(starter.key, [entity.id]) }))} />
            <Button tone="primary" icon={<Plus className="size-3.5" aria-hidden />} onClick={add}>
              {t("Policy")}
            </Button>
          </div>
        </header>
        {findings.length > 0 ? (
          <div className="rounded-lg border bg-surface py-1">
            {findings.map((finding, at) => (
              <FindingRow key={at} finding={finding} onFix={finding.fix ? () => void edit(finding.fix?.title ?? "", finding.fix?.edits ?? []) : undefined} onExplain={() => explain(finding.code)} />
            ))}
          </div>
        ) : null}
        <Matrix entity={entity} />
        <section aria-label={t("Policies")} className="flex flex-col gap-2">
          <h3 className="text-sm font-semibold text-soft">{t("Policies, in order of priority")}</h3>
          {entity.policies.length === 0 ? (
            <p className="rounded-lg border border-dashed border-line-strong p-4 text-sm text-soft">{t("Closed by default: without a policy nobody may create, read, update or delete these records, not even an admin. Add starter policies, or one of your own.")}</p>
          ) : (
            [...entity.policies].sort((left, right) => right.priority - left.priority).map((policy) => <PolicyRow key={policy.id} entity={entity} policy={policy} />)
          )}
        </section>
      </div>
    </div>
  );
}

const looks = {
  allow: { icon: Check, tone: "bg-ok-wash text-ok", word: "allowed" },
  deny: { icon: Ban, tone: "bg-danger-wash text-danger", word: "denied" },
  conditional: { icon: Minus, tone: "bg-warn-wash text-warn", word: "on a condition" },
} as const;

function Matrix({ entity }: { entity: Entity }) {
  const roles = rolesOf(entity.policies);
  return (
    <table className="w-full table-fixed border-separate border-spacing-0 overflow-hidden rounded-lg border bg-surface text-sm">
      <caption className="pb-2 text-start text-sm font-semibold text-soft">{t("Who may do what")}</caption>
      <thead>
        <tr className="bg-sunken">
          <th scope="col" className="h-8 w-44 border-b px-3 text-start font-medium text-soft">
            {t("Role")}
          </th>
          {actions.map((action) => (
            <th key={action} scope="col" className="border-b px-2 text-start font-medium text-soft">
              {t(action)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {roles.map((role) => (
          <tr key={role} className="[&:not(:last-child)>*]:border-b">
            <th scope="row" className="h-8 truncate px-3 text-start font-medium">
              {role === EVERYONE ? t("everyone else") : role}
            </th>
            {actions.map((action) => {
              const { verdict, by } = decide(entity.policies, role, action);
              const silent = by === null;
              const { icon: Icon, tone, word } = looks[verdict];
              return (
                <td key={action} className="px-1.5 py-1">
                  <span className={`flex h-6 items-center gap-1.5 rounded px-1.5 ${silent ? "text-muted" : tone}`} title={silent ? t("No policy speaks to it, so it is denied") : t("Decided by {{policy}}", { policy: by })}>
                    <Icon className="size-3.5 shrink-0" aria-hidden />
                    <span className="truncate">{silent ? t("denied by default") : t(word)}</span>
                  </span>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
