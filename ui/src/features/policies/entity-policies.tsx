/** The policies of one entity: table and rules on the left, what is chosen on the right; or trying them out. */
import { edit, useAnswer, useEntities, useFindingIndex, usePlace } from "@/api/hooks";
import { describe } from "@/api/notices";
import type { PolicyDoc } from "@/contract/PolicyDoc";
import { Button } from "@/kit/button";
import { Select } from "@/kit/input";
import { Tabs } from "@/kit/layout";
import { Menu } from "@/kit/menu";
import { Failure, Skeleton } from "@/kit/states";
import { t } from "@/kit/text";
import { setKey } from "@/model/make";
import { openMember, select } from "@/model/place";
import type { Entity } from "@/model/workspace";
import { FlaskConical, ListOrdered, MousePointerClick, Plus } from "lucide-react";
import { useState } from "react";
import { CellPanel } from "./cell-panel";
import { type CellRef, cellOf, Matrix } from "./matrix";
import { RuleEditor, Told } from "./rule-editor";
import { RuleList } from "./rule-list";
import { combiningWords, DEFAULT_COMBINING, inOrder, isListed, newRule } from "./rules";
import { addStarter, starters } from "./starters";
import { as, newTrial, TryView } from "./try-view";

type View = "rules" | "try";

export function EntityPolicies({ entity }: { entity: Entity }) {
  const entities = useEntities();
  const [view, setView] = useState<View>("rules");
  const [cell, setCell] = useState<CellRef | null>(null);
  const [trial, setTrial] = useState(newTrial);
  const tryIt = (who: CellRef | null) => {
    if (who) setTrial(as(trial, who));
    setView("try");
  };
  return (
    <div className="@container flex min-w-0 flex-1 flex-col">
      <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b bg-surface px-4 py-1.5">
        <h2 className="hidden truncate text-lg font-semibold md:block">{entity.name}</h2>
        <Select aria-label={t("Entity")} className="w-44 md:hidden" value={entity.id} onChange={(event) => select([event.target.value])}>
          {entities.map((other) => (
            <option key={other.id} value={other.id}>
              {other.name}
            </option>
          ))}
        </Select>
        <Tabs<View>
          label={t("View")}
          tabs={[
            { key: "rules", label: t("Rules"), icon: <ListOrdered className="size-3.5" aria-hidden /> },
            { key: "try", label: t("Try it"), icon: <FlaskConical className="size-3.5" aria-hidden /> },
          ]}
          chosen={view}
          onChoose={setView}
        />
        <div className="ms-auto flex items-center gap-2">
          <Menu align="end" label={t("Starter policies")} items={starters.map((starter) => ({ label: t(starter.title), run: () => addStarter(starter.key, [entity.id]) }))} />
          <Button
            tone="primary"
            icon={<Plus className="size-3.5" aria-hidden />}
            onClick={() => {
              setCell(null);
              setView("rules");
              add(entity, newRule(entity, "allow"));
            }}
          >
            {t("Rule")}
          </Button>
        </div>
      </div>
      {view === "try" ? (
        <TryView
          entity={entity}
          trial={trial}
          onTrial={setTrial}
          onOpen={(id) => {
            openMember(id);
            setView("rules");
          }}
        />
      ) : <RulesView entity={entity} cell={cell} onCell={setCell} onTry={tryIt} />}
    </div>
  );
}

function add(entity: Entity, rule: PolicyDoc) {
  const label = t("Add rule `{{name}}` to `{{entity}}`", { name: rule.name, entity: entity.name });
  if (edit(label, [{ op: "add", document: entity.id, path: ["policies"], value: rule }])) openMember(rule.id);
}

/** In an order that is listed, one rule goes before another. */
function move(entity: Entity, rule: PolicyDoc, by: -1 | 1) {
  const at = entity.policies.findIndex((other) => other.id === rule.id);
  const before = entity.policies[by === -1 ? at - 1 : at + 2]?.id;
  edit(t("Move rule `{{name}}`", { name: rule.name }), [{ op: "move", document: entity.id, path: ["policies", rule.id], ...(before !== undefined && { before }) }]);
}

function RulesView({ entity, cell, onCell, onTry }: { entity: Entity; cell: CellRef | null; onCell: (cell: CellRef | null) => void; onTry: (as: CellRef | null) => void }) {
  const findings = useFindingIndex();
  const member = usePlace((where) => where.member);
  const matrix = useAnswer("policies.read_matrix", { entityId: entity.id }, { keep: true });
  const rule = entity.policies.find((policy) => policy.id === member);
  const table = matrix.data;
  const chosen = table && cell ? cellOf(table, cell) : undefined;
  const whole = findings.of(entity.id).filter(({ place: { path } }) => (path?.[0] === "policies" && path.length === 1) || path?.[0] === "combining");
  const rules = inOrder(entity);
  const busy = rule !== undefined || chosen !== undefined;
  return (
    <div className="flex min-h-0 flex-1">
      <div className={`min-w-0 flex-1 overflow-auto ${busy ? "hidden @3xl:block" : ""}`}>
        <div className="flex max-w-4xl flex-col gap-4 p-4">
          <Told findings={whole} />
          {matrix.error ? <Failure words={describe(matrix.error)} onRetry={() => void matrix.refetch()} /> : null}
          {table ? (
            <Matrix
              matrix={table}
              chosen={rule ? null : cell}
              onChoose={(ref) => {
                openMember(null);
                onCell(ref);
              }}
            />
          ) : matrix.error ? null : (
            <Skeleton rows={4} />
          )}
          <section aria-label={t("Rules")} className="flex flex-col gap-2">
            <div className="flex flex-wrap items-center gap-2">
              <h3 className="text-sm font-semibold text-soft">{t("Rules, in the order they are asked")}</h3>
              <Combining entity={entity} algorithms={table?.algorithms ?? [DEFAULT_COMBINING]} />
            </div>
            {rules.length === 0 ? (
              <Nothing entity={entity} />
            ) : (
              <RuleList
                label={t("Rules")}
                rules={rules}
                open={rule?.id ?? null}
                findingsOf={(policy) => findings.at(entity.id, "policies", policy.id)}
                onOpen={(policy) => {
                  onCell(null);
                  openMember(policy.id);
                }}
                onMove={isListed(entity.combining) ? (policy, by) => move(entity, policy, by) : undefined}
              />
            )}
          </section>
        </div>
      </div>
      <aside aria-label={t("Details")} className={`min-h-0 w-full flex-col border-s bg-surface @3xl:w-[25rem] @3xl:shrink-0 @5xl:w-[29rem] ${busy ? "flex" : "hidden @3xl:flex"}`}>
        {rule ? (
          <RuleEditor entity={entity} rule={rule} onBack={chosen ? () => openMember(null) : undefined} onTry={() => onTry(firstOf(rule))} />
        ) : chosen && cell ? (
          <CellPanel
            entity={entity}
            at={cell}
            cell={chosen}
            findings={findings}
            onOpen={(policy) => openMember(policy.id)}
            onAdd={(effect) => add(entity, newRule(entity, effect, cell))}
            onTry={() => onTry(cell)}
            onClose={() => onCell(null)}
          />
        ) : (
          <div className="flex flex-1 flex-col items-center justify-center gap-2 p-8 text-center text-muted">
            <MousePointerClick className="size-5" aria-hidden />
            <p className="max-w-64 text-sm">{t("Choose a cell of the table to see what decides it, or a rule to change it.")}</p>
          </div>
        )}
      </aside>
    </div>
  );
}

/** Somebody the rule is for. */
function firstOf(rule: PolicyDoc): CellRef | null {
  const [role] = rule.roles.filter((name) => name !== "*");
  const [user] = rule.principals ?? [];
  const action = rule.actions.find((name) => name !== "*") ?? "read";
  if (role !== undefined) return { kind: "role", name: role, action };
  return user === undefined ? null : { kind: "user", name: user, action };
}

function Combining({ entity, algorithms }: { entity: Entity; algorithms: readonly string[] }) {
  const chosen = entity.combining ?? DEFAULT_COMBINING;
  const known = algorithms.includes(chosen) ? algorithms : [chosen, ...algorithms];
  return (
    <label className="ms-auto flex items-center gap-2 text-sm text-muted">
      {t("Combined by")}
      <Select
        className="h-6 w-auto text-sm"
        value={chosen}
        title={t(combiningWords[chosen] ?? "")}
        onChange={(event) => {
          const next = event.target.value;
          edit(t("Combine the rules of `{{name}}` by {{algorithm}}", { name: entity.name, algorithm: next }), [setKey(entity.id, ["combining"], next === DEFAULT_COMBINING ? undefined : next)]);
        }}
      >
        {known.map((word) => (
          <option key={word} value={word}>
            {word}
          </option>
        ))}
      </Select>
      <span className="sr-only">{t(combiningWords[chosen] ?? "")}</span>
    </label>
  );
}

function Nothing({ entity }: { entity: Entity }) {
  return (
    <div className="flex flex-col gap-3 rounded-lg border border-dashed border-line-strong p-4 text-sm text-soft">
      <p>
        {t("Closed by default: without a rule nobody may create, read, update or delete these records, not even an admin.")}
      </p>
      <p>{t("A rule says who (roles), what (actions) and when (a condition), and whether that is allowed or denied. Begin with a named set, or with one of your own.")}</p>
      <div className="flex flex-wrap gap-2">
        {starters.map((starter) => (
          <Button key={starter.key} onClick={() => addStarter(starter.key, [entity.id])}>
            {t(starter.title)}
          </Button>
        ))}
        <Button icon={<Plus className="size-3.5" aria-hidden />} onClick={() => add(entity, newRule(entity, "allow"))}>
          {t("A rule of your own")}
        </Button>
      </div>
    </div>
  );
}
