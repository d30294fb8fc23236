/** What decides a cell of the table, and a rule for exactly it. */
import type { MatrixCell } from "@/contract/MatrixCell";
import type { PolicyDoc } from "@/contract/PolicyDoc";
import type { PolicyRef } from "@/contract/PolicyRef";
import { Button, IconButton } from "@/kit/button";
import { Badge } from "@/kit/layout";
import { t } from "@/kit/text";
import type { Entity, FindingIndex } from "@/model/workspace";
import { Ban, Check, X } from "lucide-react";
import { type CellRef, rowName, wordOf } from "./matrix";
import { RuleList } from "./rule-list";
import { lookOf } from "./verdict";

const meanings: Record<string, string> = {
  allow: "Allowed for every record.",
  deny: "Denied for every record.",
  conditional: "It depends: on the record, on who asks, or on when.",
  nothing: "No rule speaks to it. What no rule allows is denied.",
};

export interface CellPanelProps {
  entity: Entity;
  at: CellRef;
  cell: MatrixCell;
  findings: FindingIndex;
  onOpen: (rule: PolicyDoc) => void;
  onAdd: (effect: "allow" | "deny") => void;
  onTry: () => void;
  onClose: () => void;
}

export function CellPanel({ entity, at, cell, findings, onOpen, onAdd, onTry, onClose }: CellPanelProps) {
  const { icon: Icon, tone } = lookOf(cell.verdict);
  const word = wordOf(cell);
  const isVain = cell.verdict === "nothing" && cell.shadowed.length > 0;
  const rulesOf = (refs: readonly PolicyRef[]) => refs.flatMap(({ id }) => entity.policies.find((policy) => policy.id === id) ?? []);
  // What a role may do to any entity stands in the role and not here.
  const elsewhere = cell.deciding.filter(({ id }) => !entity.policies.some((policy) => policy.id === id));
  const shadowed = rulesOf(cell.shadowed);
  const deciding = rulesOf(cell.deciding);
  const findingsOf = (rule: PolicyDoc) => findings.at(entity.id, "policies", rule.id);
  const decided = cell.verdict === "conditional" ? t("Asked in this order") : t("Decided by");
  return (
    <section aria-label={t("What decides")} className="flex min-h-0 flex-1 flex-col">
      <header className="flex h-11 shrink-0 items-center gap-2 border-b px-3">
        <h3 className="min-w-0 truncate font-semibold">
          {rowName(at)} · {t(at.action)}
        </h3>
        <span className={`inline-flex h-5 shrink-0 items-center gap-1 rounded px-1.5 text-sm font-medium ${tone}`}>
          <Icon className="size-3.5" aria-hidden />
          {word}
        </span>
        <IconButton className="ms-auto" label={t("Close")} onClick={onClose}>
          <X className="size-4" aria-hidden />
        </IconButton>
      </header>
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-auto p-3">
        <p className="text-base text-soft">
          {isVain ? t("Rules speak to it, and none of them can match. What no rule allows is denied.") : t(meanings[cell.verdict] ?? "")} {cell.limitsFields ? t("Some fields are hidden, masked or not writable.") : ""}
        </p>
        {deciding.length > 0 ? (
          <div className="flex flex-col gap-1.5">
            <h4 className="text-sm font-semibold text-soft">{decided}</h4>
            <RuleList label={decided} rules={deciding} open={null} findingsOf={findingsOf} onOpen={onOpen} />
          </div>
        ) : null}
        {elsewhere.length > 0 ? (
          <div className="flex flex-col gap-1.5">
            <h4 className="text-sm font-semibold text-soft">{t("From the permissions of roles")}</h4>
            <ul aria-label={t("From the permissions of roles")} className="flex flex-col gap-1 rounded-lg border px-2.5 py-1.5 text-sm">
              {elsewhere.map(({ id, name }) => (
                <li key={id} className="truncate font-mono">
                  {name}
                </li>
              ))}
            </ul>
          </div>
        ) : null}
        {shadowed.length > 0 ? (
          <div className="flex flex-col gap-1.5">
            <h4 className="text-sm font-semibold text-soft">{isVain ? t("Can never match") : t("Never reached here")}</h4>
            <RuleList label={t("Never reached here")} rules={shadowed} open={null} findingsOf={findingsOf} onOpen={onOpen} noteOf={() => <Badge>{t("no say")}</Badge>} />
          </div>
        ) : null}
        <div className="flex flex-wrap gap-2">
          <Button icon={<Check className="size-3.5 text-ok" aria-hidden />} onClick={() => onAdd("allow")}>
            {t("Add an allow here")}
          </Button>
          <Button icon={<Ban className="size-3.5 text-danger" aria-hidden />} onClick={() => onAdd("deny")}>
            {t("Add a deny here")}
          </Button>
          <Button tone="quiet" onClick={onTry}>
            {t("Try it as this role")}
          </Button>
        </div>
      </div>
    </section>
  );
}
