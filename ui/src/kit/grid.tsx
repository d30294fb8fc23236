/**
 * A dense table: sorted by its headers, as many rows as there are, only those in sight built. Arrow keys move,
 * Enter opens, Delete removes. Sorting is done here unless the owner does it (`sort` and `onSort`).
 */
import {
  type ColumnDef, getCoreRowModel, getSortedRowModel, type SortingState, useReactTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";

export interface Column<R> {
  key: string;
  title: string;
  width: number;
  cell: (row: R) => ReactNode;
  sortBy?: (row: R) => string | number;
  numeric?: boolean;
  /** Under the title, as a filter of this column. */
  below?: ReactNode;
}

export interface GridProps<R> {
  label: string;
  rows: readonly R[];
  columns: readonly Column<R>[];
  rowKey: (row: R) => string;
  selected?: readonly string[];
  onSelect?: (row: R) => void;
  onOpen?: (row: R) => void;
  onDelete?: () => void;
  /** Sorting done by the owner: a column's key, `-` first for descending. */
  sort?: string | null;
  onSort?: (sort: string | null) => void;
  /** Called when the end comes in sight. */
  onEnd?: () => void;
  footer?: ReactNode;
}

const ROW = 30;

export function Grid<R>(props: GridProps<R>) {
  const { rows, columns, rowKey, selected = [], onSelect, onOpen, onEnd } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const [sorting, setSorting] = useState<SortingState>([]);
  const definitions = useMemo(
    () => columns.map((column): ColumnDef<R> => ({ id: column.key, accessorFn: column.sortBy ?? (() => ""), enableSorting: column.sortBy !== undefined })),
    [columns],
  );
  const table = useReactTable({
    data: rows as R[],
    columns: definitions,
    state: { sorting },
    onSortingChange: setSorting,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
    getRowId: rowKey,
    manualSorting: props.onSort !== undefined,
  });
  const shown = table.getRowModel().rows;
  const virtual = useVirtualizer({ count: shown.length, getScrollElement: () => scroll.current, estimateSize: () => ROW, overscan: 12 });
  const items = virtual.getVirtualItems();
  const last = items[items.length - 1]?.index ?? -1;
  useEffect(() => {
    if (onEnd && last >= shown.length - 5) onEnd();
  }, [last, shown.length, onEnd]);

  const at = shown.findIndex((row) => row.id === selected[0]);
  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.target as HTMLElement).closest("input, select")) return;
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -shown.length, End: shown.length };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = shown[Math.max(0, Math.min(shown.length - 1, at + step))];
      if (!next) return;
      onSelect?.(next.original);
      virtual.scrollToIndex(next.index < 0 ? 0 : shown.indexOf(next));
    } else if (event.key === "Enter" && shown[at]) {
      event.preventDefault();
      onOpen?.(shown[at].original);
    } else if (event.key === "Delete" && at >= 0) {
      event.preventDefault();
      props.onDelete?.();
    }
  };

  const order = (key: string): "ascending" | "descending" | "none" => {
    if (props.onSort) return props.sort === key ? "ascending" : props.sort === `-${key}` ? "descending" : "none";
    const column = sorting.find((entry) => entry.id === key);
    return column ? (column.desc ? "descending" : "ascending") : "none";
  };
  const turn = (key: string) => {
    const now = order(key);
    if (props.onSort) props.onSort(now === "none" ? key : now === "ascending" ? `-${key}` : null);
    else setSorting(now === "none" ? [{ id: key, desc: false }] : now === "ascending" ? [{ id: key, desc: true }] : []);
  };
  // The last column takes the room that is left, unless its values stand at its end.
  const template = columns.map((column, index) => (index === columns.length - 1 ? `minmax(${column.width}px, ${column.numeric ? "auto" : "1fr"})` : `${column.width}px`)).join(" ") + (columns[columns.length - 1]?.numeric ? " 1fr" : "");
  const width = columns.reduce((sum, column) => sum + column.width, 0);

  return (
    <div
      ref={scroll}
      role="grid"
      aria-label={props.label}
      aria-rowcount={shown.length + 1}
      tabIndex={0}
      onKeyDown={onKeyDown}
      className="size-full overflow-auto bg-surface outline-offset-[-2px]"
    >
      <div style={{ minWidth: width }}>
        <div role="row" className="sticky top-0 z-10 grid border-b bg-sunken" style={{ gridTemplateColumns: template }}>
          {columns.map((column) => {
            const now = order(column.key);
            return (
              <div key={column.key} role="columnheader" aria-sort={now} className="flex min-w-0 flex-col justify-start border-e last:border-e-0">
                {column.sortBy ? (
                  <button
                    type="button"
                    onClick={() => turn(column.key)}
                    className={`flex h-7.5 items-center gap-1 px-2.5 text-sm font-medium text-soft hover:text-text ${column.numeric ? "justify-end" : ""}`}
                  >
                    <span className="truncate">{column.title}</span>
                    {now === "ascending" ? <ArrowUp className="size-3 shrink-0" aria-hidden /> : null}
                    {now === "descending" ? <ArrowDown className="size-3 shrink-0" aria-hidden /> : null}
                  </button>
                ) : (
                  <span className={`flex h-7.5 items-center truncate px-2.5 text-sm font-medium text-soft ${column.numeric ? "justify-end" : ""}`}>{column.title}</span>
                )}
                {column.below ? <div className="px-1.5 pb-1.5">{column.below}</div> : null}
              </div>
            );
          })}
        </div>
        <div className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = shown[item.index];
            if (!row) return null;
            const chosen = selected.includes(row.id);
            return (
              <div
                key={row.id}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={chosen}
                onClick={() => onSelect?.(row.original)}
                onDoubleClick={() => onOpen?.(row.original)}
                className={`absolute start-0 grid w-full border-b text-base ${chosen ? "bg-accent-wash" : "hover:bg-hover"}`}
                style={{ height: ROW, top: item.start, gridTemplateColumns: template }}
              >
                {columns.map((column) => (
                  <div key={column.key} role="gridcell" className={`flex min-w-0 items-center px-2.5 ${column.numeric ? "tabular justify-end" : ""}`}>
                    <div className="min-w-0 truncate">{column.cell(row.original)}</div>
                  </div>
                ))}
              </div>
            );
          })}
        </div>
        {props.footer}
      </div>
    </div>
  );
}
