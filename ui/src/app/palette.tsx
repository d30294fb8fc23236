/** The command palette: every command, and every entity and field by name. */
import { useEntities } from "@/api/hooks";
import { Kbd } from "@/kit/button";
import { t } from "@/kit/text";
import { TypeIcon } from "@/kit/type-icon";
import { jumpTo } from "@/model/place";
import type { Entity } from "@/model/workspace";
import { Box, ChevronRight, Search } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { type Command, commands } from "./commands";

interface Item {
  id: string;
  title: string;
  note: string;
  icon: ReactNode;
  keys?: string;
  run: () => void;
  score: number;
}

const MOST = 60;

/** How well a name goes by what was typed; 0 when not at all. The start of a word counts most, gaps count least. */
export function score(name: string, typed: string): number {
  if (typed === "") return 1;
  const text = name.toLowerCase();
  const at = text.indexOf(typed);
  if (at === 0) return 100 - Math.min(50, text.length - typed.length);
  if (at > 0) return (/[\s._A-Z]/.test(name.charAt(at - 1)) || /[A-Z]/.test(name.charAt(at)) ? 45 : 30) - Math.min(20, at);
  let from = 0;
  for (const letter of typed) {
    from = text.indexOf(letter, from) + 1;
    if (from === 0) return 0;
  }
  return 5;
}

function find(typed: string, entities: readonly Entity[]): Item[] {
  const wanted = typed.trim().toLowerCase();
  const items: Item[] = [];
  const add = (item: Omit<Item, "score">, names: readonly string[], bonus = 0) => {
    const best = Math.max(...names.map((name) => score(name, wanted)));
    if (best > 0) items.push({ ...item, score: best + bonus });
  };
  const chevron = <ChevronRight className="size-3.5 text-muted" aria-hidden />;
  for (const command of commands) {
    if (command.enabled?.() === false) continue;
    add({ id: command.id, title: command.title, note: "", icon: chevron, run: command.run, ...(command.keys && { keys: command.keys }) }, [command.title], wanted === "" ? 10 : 0);
  }
  for (const entity of entities) {
    add({ id: entity.id, title: entity.name, note: entity.label ?? t("Entity"), icon: <Box className="size-3.5 text-accent" aria-hidden />, run: () => jumpTo(entity.id) }, [entity.name, entity.label ?? entity.name], 3);
    if (wanted.length < 2) continue;
    for (const field of entity.fields)
      add({ id: field.id, title: `${entity.name}.${field.name}`, note: field.type, icon: <TypeIcon type={field.type} />, run: () => jumpTo(entity.id, ["fields", field.id]) }, [field.name, `${entity.name}.${field.name}`]);
  }
  return items.sort((left, right) => right.score - left.score || left.title.localeCompare(right.title)).slice(0, MOST);
}

export function Palette({ onClose }: { onClose: () => void }) {
  const entities = useEntities();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const items = useMemo(() => find(typed, entities), [typed, entities]);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const run = (item: Pick<Command, "run"> | undefined) => {
    onClose();
    // The dialog gives the focus back first; what runs may want it.
    if (item) requestAnimationFrame(() => item.run());
  };
  return (
    <dialog
      ref={dialog}
      aria-label={t("Command palette")}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === dialog.current) onClose();
      }}
      className="mt-[12vh] w-[36rem] max-w-[92vw] overflow-hidden rounded-xl border bg-raised p-0 text-text shadow-raised"
    >
      <div className="flex items-center gap-2 border-b px-3">
        <Search className="size-4 text-muted" aria-hidden />
        <input
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls="palette-list"
          aria-activedescendant={items[at] ? `palette-${at}` : undefined}
          aria-label={t("Find a command, an entity or a field")}
          placeholder={t("Find a command, an entity or a field")}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
            if (step !== 0 && items.length > 0) {
              event.preventDefault();
              setAt((at + step + items.length) % items.length);
            }
            if (event.key === "Enter") run(items[at]);
          }}
          className="h-11 flex-1 bg-transparent text-lg outline-none"
        />
      </div>
      <div id="palette-list" ref={list} role="listbox" aria-label={t("Results")} className="max-h-[50vh] overflow-auto p-1.5">
        {items.map((item, index) => (
          <div
            key={item.id}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === at}
            onMouseMove={() => setAt(index)}
            onClick={() => run(item)}
            className={`flex h-8 items-center gap-2 rounded-md px-2 ${index === at ? "bg-accent-wash" : ""}`}
          >
            {item.icon}
            <span className="truncate">{item.title}</span>
            <span className="truncate text-sm text-muted">{item.note}</span>
            <span className="ms-auto flex gap-1">{item.keys?.split(" ").map((key) => <Kbd key={key}>{key}</Kbd>)}</span>
          </div>
        ))}
        {items.length === 0 ? <p className="p-3 text-sm text-muted">{t("Nothing is named like that")}</p> : null}
      </div>
    </dialog>
  );
}
