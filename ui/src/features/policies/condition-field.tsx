/** The condition of a rule: typed with completion, checked by the core while it is typed, saved as an edit of the draft. */
import { call } from "@/api/client";
import { describe } from "@/api/notices";
import type { ConditionCheck } from "@/contract/ConditionCheck";
import type { ConditionProblem } from "@/contract/ConditionProblem";
import { Button } from "@/kit/button";
import { cel } from "@/kit/cel";
import { CodeEditor, type Mark } from "@/kit/code-editor";
import { SeverityIcon, WithCode } from "@/kit/finding";
import { byteAt, replaced, unitAt } from "@/kit/offsets";
import { sentence, t } from "@/kit/text";
import { explain } from "@/model/place";
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { useQuery } from "@tanstack/react-query";
import { Wrench } from "lucide-react";
import { type Dispatch, type SetStateAction, useCallback, useEffect, useId, useMemo, useRef, useState } from "react";

/** A pause after which what was typed is saved, and a shorter one after which it is checked. */
const SAVE_AFTER = 900;
const CHECK_AFTER = 200;

export interface ConditionFieldProps {
  entity: string;
  value: string;
  effect: string;
  onCommit: (text: string, label?: string) => void;
  readOnly?: boolean;
}

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

export function ConditionField({ entity, value, effect, onCommit, readOnly = false }: ConditionFieldProps) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? value;
  const commit = useCommit(value, onCommit, setTyped);
  const { check, failure } = useCheck(entity, shown);
  const current = check && check.text === shown ? check : null;

  const fix = useCallback(
    (problem: ConditionProblem, at: number) => {
      const repair = problem.repairs[at];
      if (!repair || check?.text !== shown) return;
      commit.now(replaced(shown, repair.span, repair.text), repair.title);
    },
    [check, shown, commit],
  );
  const marks = useMemo(
    () =>
      check?.answer.problems.map(
        (problem): Mark => ({
          from: unitAt(check.text, problem.span[0]),
          to: unitAt(check.text, problem.span[1]),
          severity: problem.severity,
          message: upper(sentence(problem)),
          help: upper(problem.help),
          fixes: problem.repairs.map((repair, at) => ({ title: repair.title.replaceAll("`", ""), apply: () => fix(problem, at) })),
        }),
      ),
    [check, fix],
  );
  const complete = useCallback((context: CompletionContext) => completions(entity, context), [entity]);
  const problems = current?.answer.problems ?? [];
  const bad = problems.some((problem) => problem.severity === "error");

  return (
    <div className="flex flex-col gap-1.5">
      <CodeEditor
        aria-label={t("Condition")}
        aria-describedby={`${id}-help`}
        invalid={bad}
        readOnly={readOnly}
        value={shown}
        language={cel}
        complete={complete}
        {...(marks && { marks })}
        placeholder={t("always; or for example record.owner == principal.userId")}
        onType={(text) => {
          setTyped(text);
          commit.later(text);
        }}
        onDone={(text) => commit.now(text)}
      />
      <div id={`${id}-help`} className="flex flex-col gap-1 text-xs text-muted" aria-live="polite">
        {shown.trim() === "" ? (
          <p>{effect === "deny" ? t("Without a condition the deny always matches.") : t("Without a condition the allow always matches.")}</p>
        ) : failure ? (
          <p className="text-danger">{t("It could not be checked: {{reason}}", { reason: describe(failure).title })}</p>
        ) : current && !bad ? (
          <p>{effect === "deny" ? t("Matches when it is true, and when it cannot be told.") : t("Matches when it is true; never when it cannot be told.")}</p>
        ) : null}
        {problems.length > 0 ? (
          <ul aria-label={t("Problems of the condition")} className="flex flex-col gap-1.5">
            {problems.map((problem, at) => (
              <ProblemLine key={at} problem={problem} onFix={(repair) => fix(problem, repair)} />
            ))}
          </ul>
        ) : null}
      </div>
    </div>
  );
}

function ProblemLine({ problem, onFix }: { problem: ConditionProblem; onFix: (repair: number) => void }) {
  return (
    <li className="flex items-start gap-1.5 rounded-md bg-sunken px-2 py-1.5 text-sm text-text">
      <SeverityIcon severity={problem.severity} className="mt-0.5 size-3.5" />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p>
          <WithCode text={upper(sentence(problem))} />
          {problem.help ? (
            <span className="text-soft">
              {". "}
              <WithCode text={upper(problem.help)} />
            </span>
          ) : null}
        </p>
        <div className="flex flex-wrap items-center gap-1.5">
          {problem.repairs.map((repair, at) => (
            <Button key={repair.title} className="h-6 max-w-full" icon={<Wrench className="size-3.5 shrink-0" aria-hidden />} onClick={() => onFix(at)}>
              <span className="truncate">{repair.title.replaceAll("`", "")}</span>
            </Button>
          ))}
          <button type="button" onClick={() => explain(problem.code)} title={t("Explain {{code}}", { code: problem.code })} className="rounded font-mono text-xs text-muted hover:text-accent hover:underline">
            {problem.code}
          </button>
        </div>
      </div>
    </li>
  );
}

/** Saves after a pause, at once where asked, and when the field goes away. */
function useCommit(value: string, onCommit: (text: string, label?: string) => void, setTyped: Dispatch<SetStateAction<string | null>>) {
  const timer = useRef<number | undefined>(undefined);
  const waiting = useRef<string | null>(null);
  const latest = useRef({ value, onCommit });
  useEffect(() => {
    latest.current = { value, onCommit };
  });
  const now = useCallback(
    (text: string, label?: string) => {
      window.clearTimeout(timer.current);
      waiting.current = null;
      setTyped(null);
      const wanted = text.trim() === "" ? "" : text;
      if (wanted !== latest.current.value) latest.current.onCommit(wanted, label);
    },
    [setTyped],
  );
  const later = useCallback(
    (text: string) => {
      window.clearTimeout(timer.current);
      waiting.current = text;
      timer.current = window.setTimeout(() => {
        waiting.current = null;
        // The letters stay as they are typed; a space at the end is no change of what was saved.
        if (text !== latest.current.value) latest.current.onCommit(text);
        // From here on the draft has it, and undo shows.
        setTyped((typed) => (typed === text ? null : typed));
      }, SAVE_AFTER);
    },
    [setTyped],
  );
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
      if (waiting.current !== null && waiting.current !== latest.current.value) latest.current.onCommit(waiting.current);
    },
    [],
  );
  return useMemo(() => ({ now, later }), [now, later]);
}

/** The core's word on the text, with the text it is about. */
function useCheck(entity: string, text: string): { check: { text: string; answer: ConditionCheck } | null; failure: unknown } {
  const settled = useSettled(text, CHECK_AFTER);
  const asks = settled.trim() !== "";
  const query = useQuery({
    queryKey: ["workspace", "policies.check_condition", entity, settled],
    queryFn: async () => ({ text: settled, answer: await call("policies.check_condition", { entityId: entity, text: settled }) }),
    enabled: asks,
    // While the next answer is on its way the marks of the last one stay where they are.
    placeholderData: (before) => before,
  });
  return { check: asks ? (query.data ?? null) : null, failure: query.error };
}

function useSettled<T>(value: T, pause: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), pause);
    return () => window.clearTimeout(timer);
  }, [value, pause]);
  return settled;
}

const kinds: Record<string, string> = { field: "property", reference: "property", list: "property", variable: "variable", function: "function", macro: "function", value: "constant", keyword: "keyword" };

async function completions(entity: string, context: CompletionContext): Promise<CompletionResult | null> {
  const text = context.state.doc.toString();
  const word = context.matchBefore(/[\w.]+/);
  if (!word && !context.explicit) return null;
  const found = await call("policies.complete_condition", { entityId: entity, text, offset: byteAt(text, context.pos) }).catch(() => null);
  if (!found || found.items.length === 0) return null;
  const options = found.items.map(
    (item, at): Completion => ({
      label: item.label,
      type: kinds[item.kind] ?? "text",
      // The core's order stands.
      boost: -at,
      ...(item.detail && { detail: item.detail }),
      ...(item.info && { info: item.info }),
      ...(item.insert && { apply: item.insert }),
    }),
  );
  return { from: unitAt(text, found.span[0]), to: unitAt(text, found.span[1]), options, validFor: /^\w*$/ };
}
