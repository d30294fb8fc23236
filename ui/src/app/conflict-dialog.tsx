/** Places that somebody else changed first: both values side by side, and the person chooses for each. */
import { conflicts, decide } from "@/api/client";
import type { UnsentConflict } from "@/api/journal";
import { Button } from "@/kit/button";
import { Dialog } from "@/kit/dialog";
import { t, when } from "@/kit/text";
import { useId, useState } from "react";
import { useStore } from "zustand";

type Choice = "theirs" | "mine";

export function ConflictDialog() {
  const { list, open } = useStore(conflicts);
  return open && list.length > 0 ? <Decide list={list} /> : null;
}

function Decide({ list }: { list: readonly UnsentConflict[] }) {
  const [choices, setChoices] = useState<Readonly<Record<string, Choice>>>({});
  const close = () => conflicts.setState({ open: false });
  const all = (choice: Choice) => setChoices(Object.fromEntries(list.map((entry) => [entry.id, choice])));
  const undecided = list.filter((entry) => choices[entry.id] === undefined).length;
  const finish = () => {
    for (const entry of list) decide(entry, choices[entry.id] ?? "theirs");
  };
  return (
    <Dialog
      wide
      title={t("Somebody else was here first")}
      onClose={close}
      footer={
        <>
          <Button className="me-auto" tone="quiet" onClick={close}>
            {t("Decide later")}
          </Button>
          {list.length > 1 ? (
            <>
              <Button onClick={() => all("theirs")}>{t("All theirs")}</Button>
              <Button onClick={() => all("mine")}>{t("All mine")}</Button>
            </>
          ) : null}
          <Button tone="primary" disabled={undecided > 0} onClick={finish}>
            {t("Use what I chose")}
          </Button>
        </>
      }
    >
      <p className="pb-3 text-soft">
        {t("While you were editing, the same places were changed in another studio. Nothing was overwritten: choose what each of them is to be. Everything else of your edit is saved.")}
      </p>
      <ul className="flex flex-col gap-4">
        {list.map((entry) => (
          <li key={entry.id}>
            <Place entry={entry} choice={choices[entry.id]} onChoose={(choice) => setChoices({ ...choices, [entry.id]: choice })} />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function Place({ entry, choice, onChoose }: { entry: UnsentConflict; choice: Choice | undefined; onChoose: (choice: Choice) => void }) {
  const { label, theirs, theirsBy, theirsAt, mine, base } = entry.conflict;
  const name = useId();
  const option = (value: Choice, words: string, note: string, shown: unknown) => (
    <label
      className={`flex min-w-0 cursor-pointer flex-col gap-1.5 rounded-lg border p-2.5 ${choice === value ? "border-accent bg-accent-wash" : "bg-surface hover:border-line-strong"}`}
    >
      <span className="flex items-center gap-2">
        <input type="radio" name={name} checked={choice === value} onChange={() => onChoose(value)} className="accent-accent" />
        <span className="font-semibold">{words}</span>
        <span className="ms-auto truncate text-xs text-muted">{note}</span>
      </span>
      <Value value={shown} />
    </label>
  );
  return (
    <fieldset className="min-w-0">
      <legend className="flex w-full items-baseline gap-2 pb-1.5">
        <span className="font-semibold">{label}</span>
        {base === undefined ? null : <span className="truncate text-sm text-muted">{t("it was: {{value}}", { value: brief(base) })}</span>}
      </legend>
      <div className="grid grid-cols-2 gap-2.5">
        {option("theirs", t("Keep theirs"), `${theirsBy} · ${when(theirsAt)}`, theirs)}
        {option("mine", t("Use mine"), entry.label.replaceAll("`", ""), mine)}
      </div>
    </fieldset>
  );
}

function Value({ value }: { value: unknown }) {
  if (value === undefined || value === null) return <span className="text-sm text-muted italic">{t("nothing: it is taken away")}</span>;
  return <pre className="max-h-40 overflow-auto rounded bg-sunken px-2 py-1.5 font-mono text-xs whitespace-pre-wrap break-words">{inWords(value)}</pre>;
}

/** A value as people read it: members of lists by their names, everything else as it is written. */
function inWords(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) {
    const names = value.map((member: unknown) => (typeof member === "object" && member !== null && "name" in member ? String(member.name) : JSON.stringify(member)));
    return names.join("\n");
  }
  return JSON.stringify(value, null, 2);
}

function brief(value: unknown): string {
  const text = inWords(value).replace(/\s+/g, " ");
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
