/** Who may do what, as a grid of rows (roles, everyone else, users) and actions. The core says what comes out. */
import type { MatrixCell } from "@/contract/MatrixCell";
import type { MatrixRow } from "@/contract/MatrixRow";
import type { PolicyMatrix } from "@/contract/PolicyMatrix";
import { t } from "@/kit/text";
import { EyeOff, UserRound, UsersRound } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { lookOf } from "./verdict";

/** A cell by its row and column. */
export interface CellRef {
  kind: string;
  name: string;
  action: string;
}

export const isSame = (left: CellRef | null, right: CellRef) => left?.kind === right.kind && left.name === right.name && left.action === right.action;

export const rowName = (row: Pick<MatrixRow, "kind" | "name">) => (row.kind === "everyone" ? t("everyone else") : row.name);

/** A cell of the table; none when the row or column is gone. */
export function cellOf(matrix: PolicyMatrix, ref: CellRef): MatrixCell | undefined {
  const row = matrix.rows.find((candidate) => candidate.kind === ref.kind && candidate.name === ref.name);
  return row?.cells[matrix.actions.indexOf(ref.action)];
}

/** A rule that cannot match is another thing than none. */
export const wordOf = (cell: MatrixCell) => (cell.verdict === "nothing" && cell.shadowed.length > 0 ? t("no match") : lookOf(cell.verdict).word);

const steps: Record<string, readonly [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export function Matrix({ matrix, chosen, onChoose }: { matrix: PolicyMatrix; chosen: CellRef | null; onChoose: (cell: CellRef) => void }) {
  const [at, setAt] = useState<readonly [number, number]>([0, 0]);
  const row = Math.min(at[0], matrix.rows.length - 1);
  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const next = [Math.max(0, Math.min(matrix.rows.length - 1, row + step[0])), Math.max(0, Math.min(matrix.actions.length - 1, at[1] + step[1]))] as const;
    setAt(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-cell="${next[0]}/${next[1]}"]`)?.focus();
  };
  return (
    <table role="grid" aria-label={t("Who may do what")} onKeyDown={onKeyDown} className="w-full table-fixed border-separate border-spacing-0 overflow-hidden rounded-lg border bg-surface text-sm">
      <thead>
        <tr className="bg-sunken">
          <th scope="col" className="h-7 w-[26%] border-b px-3 text-start font-medium text-soft">
            {t("Role")}
          </th>
          {matrix.actions.map((action) => (
            <th key={action} scope="col" className="border-b px-2 text-start font-medium text-soft">
              {t(action)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {matrix.rows.map((line, number) => (
          <tr key={`${line.kind}/${line.name}`} className="[&:not(:last-child)>*]:border-b">
            <th scope="row" className="h-8 px-3 text-start font-medium">
              <span className={`flex min-w-0 items-center gap-1.5 ${line.kind === "everyone" ? "text-soft" : ""}`}>
                {line.kind === "user" ? <UserRound role="img" aria-label={t("User")} className="size-3.5 shrink-0 text-muted" /> : null}
                {line.kind === "everyone" ? <UsersRound className="size-3.5 shrink-0 text-muted" aria-hidden /> : null}
                <span className="truncate" title={rowName(line)}>
                  {rowName(line)}
                </span>
              </span>
            </th>
            {line.cells.map((cell, column) => {
              const action = matrix.actions[column] ?? "";
              const ref: CellRef = { kind: line.kind, name: line.name, action };
              return (
                <td key={action} role="gridcell" className="p-0.5">
                  <Cell
                    cell={cell}
                    label={`${rowName(line)}, ${t(action)}: ${wordOf(cell)}`}
                    chosen={isSame(chosen, ref)}
                    focusable={number === row && column === at[1]}
                    place={`${number}/${column}`}
                    onChoose={() => {
                      setAt([number, column]);
                      onChoose(ref);
                    }}
                  />
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ cell, label, chosen, focusable, place, onChoose }: { cell: MatrixCell; label: string; chosen: boolean; focusable: boolean; place: string; onChoose: () => void }) {
  const { icon: Icon, tone } = lookOf(cell.verdict);
  const word = wordOf(cell);
  return (
    <button
      type="button"
      data-cell={place}
      tabIndex={focusable ? 0 : -1}
      aria-pressed={chosen}
      aria-label={cell.limitsFields ? `${label}, ${t("not all fields")}` : label}
      onClick={onChoose}
      className={`flex h-7 w-full items-center gap-1.5 rounded px-1.5 text-start hover:ring-1 hover:ring-line-strong aria-pressed:ring-2 aria-pressed:ring-accent ${tone}`}
    >
      <Icon className="size-3.5 shrink-0" aria-hidden />
      <span className="truncate">{word}</span>
      {cell.limitsFields ? (
        <span className="ms-auto hidden @2xl:block" title={t("Not all fields")}>
          <EyeOff className="size-3 shrink-0 opacity-80" aria-hidden />
        </span>
      ) : null}
    </button>
  );
}
