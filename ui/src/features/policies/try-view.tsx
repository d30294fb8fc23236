/** Trying the draft's policies out: who, which record, and what comes of it, with the reason down to the clause. */
import { useAnswer, useEntities } from "@/api/hooks";
import { describe } from "@/api/notices";
import type { TryAnswer } from "@/contract/TryAnswer";
import type { TryPolicies } from "@/contract/TryPolicies";
import { WithCode } from "@/kit/finding";
import { Failure, Skeleton } from "@/kit/states";
import { t } from "@/kit/text";
import type { Entity } from "@/model/workspace";
import { Info } from "lucide-react";
import { useMemo, useState } from "react";
import { instantOf } from "./limits";
import type { CellRef } from "./matrix";
import { knownRoles } from "./rules";
import { Decisions } from "./try-decisions";
import { attributesIn, nobody, objectOf, principalOf, type Somebody } from "./try-principal";
import { type RecordChoice, RecordChooser } from "./try-record";
import { FieldsSeen, RowsSeen } from "./try-seen";
import { type Circumstances, Who } from "./try-who";

/** What is tried. It outlives the view, so that going back to a rule loses nothing. */
export interface Trial {
  who: Somebody;
  circumstances: Circumstances;
  choice: RecordChoice;
  action: string;
}

export const newTrial: Trial = { who: nobody, circumstances: { context: "", now: "" }, choice: { kind: "row", id: null }, action: "read" };

/** The same trial as somebody of a cell; attributes that were typed stay. */
export function as(trial: Trial, cell: CellRef): Trial {
  const { attributes } = trial.who;
  const who = cell.kind === "role" ? { ...nobody, roles: [cell.name], attributes } : { ...nobody, attributes, ...(cell.kind === "user" && { userId: cell.name }) };
  return { ...trial, who, action: cell.action };
}

export function TryView({ entity, trial: tried, onTrial, onOpen }: { entity: Entity; trial: Trial; onTrial: (trial: Trial) => void; onOpen: (rule: string) => void }) {
  const entities = useEntities();
  const { who, circumstances, action } = tried;
  const roles = knownRoles(entities);
  const wanted = useMemo(() => attributesIn(entity.policies.flatMap((policy) => policy.condition ?? [])), [entity.policies]);
  // Nobody has chosen a record yet: the first there is, so that conditions have something to speak about.
  const [first, setFirst] = useState<string | null>(null);
  const choice: RecordChoice = tried.choice.kind === "row" && tried.choice.id === null ? { kind: "row", id: first } : tried.choice;
  const request = requestOf(entity.id, who, circumstances, choice);
  const trial = useAnswer("policies.try_draft", request, { keep: true });
  const there = trial.data?.rows?.seen[0] ?? trial.data?.rows?.hidden[0];
  if (first === null && there) setFirst(there.id);
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-auto @3xl:flex-row @3xl:overflow-hidden">
      <div className="w-full shrink-0 border-e bg-surface @3xl:w-72 @3xl:overflow-auto @5xl:w-80">
        <Who who={who} roles={roles} wanted={wanted} circumstances={circumstances} onWho={(next) => onTrial({ ...tried, who: next })} onCircumstances={(next) => onTrial({ ...tried, circumstances: next })} />
        <RecordChooser entity={entity} choice={choice} rows={trial.data?.rows ?? null} onChange={(next) => onTrial({ ...tried, choice: next })} />
      </div>
      <div className="min-w-0 flex-1 @3xl:overflow-auto" aria-busy={trial.isFetching}>
        {trial.error ? <Failure words={describe(trial.error)} onRetry={() => void trial.refetch()} /> : null}
        {trial.data ? (
          <Outcome entity={entity} answer={trial.data} action={action} onAction={(next) => onTrial({ ...tried, action: next })} onOpen={onOpen} />
        ) : trial.error ? null : (
          <Skeleton rows={10} />
        )}
      </div>
    </div>
  );
}

function requestOf(entityId: string, who: Somebody, circumstances: Circumstances, choice: RecordChoice): TryPolicies {
  const context = objectOf(circumstances.context).value;
  const now = instantOf(circumstances.now);
  const values = choice.kind === "typed" ? objectOf(choice.text).value : null;
  return {
    entityId,
    principal: principalOf(who),
    ...(choice.kind === "row" && choice.id !== null && { recordId: choice.id }),
    ...(values && { values }),
    ...(context && { context }),
    ...(now && { now }),
  };
}

function Outcome({ entity, answer, action, onAction, onOpen }: { entity: Entity; answer: TryAnswer; action: string; onAction: (action: string) => void; onOpen: (rule: string) => void }) {
  return (
    <div className="flex max-w-4xl flex-col gap-5 p-4">
      {answer.notes.length > 0 ? (
        <ul aria-label={t("To know before believing it")} className="flex flex-col gap-1 rounded-lg border border-info bg-info-wash px-3 py-2 text-sm">
          {answer.notes.map((note, at) => (
            <li key={at} className="flex items-start gap-1.5">
              <Info className="mt-0.5 size-3.5 shrink-0 text-info" aria-hidden />
              <span>
                <WithCode text={note.message.charAt(0).toUpperCase() + note.message.slice(1)} />
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      <Decisions answer={answer} action={action} onAction={onAction} onOpen={onOpen} />
      {answer.fields ? <FieldsSeen fields={answer.fields} record={answer.record ?? {}} /> : null}
      {answer.rows && answer.rows.total > 0 ? <RowsSeen entity={entity} rows={answer.rows} /> : null}
    </div>
  );
}
