/** Who may do what: entities on the left, the policies of the chosen one beside them. */
import { useEntities, useFindingIndex, usePlace, useRoles } from "@/api/hooks";
import { Button } from "@/kit/button";
import { SeverityIcon } from "@/kit/finding";
import { Input } from "@/kit/input";
import { ScreenHeader, Tabs } from "@/kit/layout";
import { Menu } from "@/kit/menu";
import { Empty } from "@/kit/states";
import { t } from "@/kit/text";
import { goTo, select } from "@/model/place";
import { type Entity, worst } from "@/model/workspace";
import { Boxes, IdCard, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { EntityPolicies } from "./entity-policies";
import { RolesView } from "./roles-view";
import { addStarter, starters } from "./starters";

type About = "entities" | "roles";

export function PoliciesScreen() {
  const entities = useEntities();
  const roles = useRoles();
  const chosen = usePlace((where) => where.entities[0]);
  const [wanted, setWanted] = useState<About>("entities");
  const entity = entities.find((candidate) => candidate.id === chosen) ?? entities[0];
  // A role that was jumped to is shown, whatever was looked at before.
  const isRole = roles.some((role) => role.id === chosen);
  const about = isRole ? "roles" : wanted;
  if (!entity)
    return (
      <Empty icon={<ShieldCheck className="size-6" aria-hidden />} title={t("Policies speak about entities")} actions={<Button onClick={() => goTo("model")}>{t("Go to the model")}</Button>}>
        {t("Add an entity or import a database first; then say here who may do what with its records.")}
      </Empty>
    );
  const open = roles.length > 0 ? 0 : entities.filter((candidate) => candidate.policies.length === 0).length;
  return (
    <div className="flex h-full flex-col">
      <ScreenHeader title={t("Policies")} note={open > 0 ? t("{{count}} entities have none: nobody may use their records", { count: open }) : t("What no policy allows is denied.")}>
        <Tabs<About>
          label={t("By entity or by role")}
          tabs={[
            { key: "entities", label: t("Entities"), icon: <Boxes className="size-3.5" aria-hidden /> },
            { key: "roles", label: t("Roles"), icon: <IdCard className="size-3.5" aria-hidden /> },
          ]}
          chosen={about}
          onChoose={(next) => {
            setWanted(next);
            if (next === "entities" && isRole) select([entity.id]);
          }}
        />
        {about === "entities" ? <Menu align="end" label={t("Add starter policies to all")} items={starters.map((starter) => ({ label: t(starter.title), run: () => addStarter(starter.key) }))} /> : null}
      </ScreenHeader>
      {about === "roles" ? (
        <div className="flex min-h-0 flex-1">
          <RolesView />
        </div>
      ) : (
        <ByEntity entity={entity} entities={entities} />
      )}
    </div>
  );
}

function ByEntity({ entity, entities }: { entity: Entity; entities: readonly Entity[] }) {
  const findings = useFindingIndex();
  const [search, setSearch] = useState("");
  const shown = entities.filter((candidate) => candidate.name.toLowerCase().includes(search.toLowerCase()));
  return (
    <div className="flex min-h-0 flex-1">
      <nav aria-label={t("Entities")} className="hidden w-48 shrink-0 flex-col border-e bg-surface md:flex">
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
  );
}
