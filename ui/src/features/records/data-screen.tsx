/** The records on local: entities on the left, a table of records, a form on the right. */
import { useDraft, usePlace } from "@/api/hooks";
import { describe } from "@/api/notices";
import type { WirePrincipal } from "@/contract/WirePrincipal";
import { Button } from "@/kit/button";
import { Input } from "@/kit/input";
import { ScreenHeader } from "@/kit/layout";
import { Empty, Failure, Skeleton } from "@/kit/states";
import { t } from "@/kit/text";
import { goTo, select } from "@/model/place";
import { entitiesOf, entityOf } from "@/model/workspace";
import { CloudUpload, Table2 } from "lucide-react";
import { useState } from "react";
import { PrincipalChooser } from "./principal";
import { RecordTable } from "./record-table";
import { useServed } from "./use-records";

export function DataScreen() {
  const { status, names } = useServed();
  const drafts = useDraft((state) => entitiesOf(state.documents));
  const selected = usePlace((where) => where.entities[0]);
  const documents = useDraft((state) => state.documents);
  const [picked, setPicked] = useState<string | null>(null);
  const [principal, setPrincipal] = useState<WirePrincipal | null>(null);
  const [search, setSearch] = useState("");
  const fromModel = entityOf(documents, selected)?.name;
  const current = [picked, fromModel].find((name) => name !== null && name !== undefined && names.includes(name)) ?? names[0];
  const waiting = drafts.filter((entity) => !names.includes(entity.name)).length;
  return (
    <div className="flex h-full flex-col">
      <ScreenHeader title={t("Data")} note={t("Records on this workspace's own target, local, through the same guards as any server.")}>
        <PrincipalChooser value={principal} onChange={setPrincipal} />
      </ScreenHeader>
      {status.isPending ? (
        <Skeleton />
      ) : status.isError ? (
        <Failure words={describe(status.error)} onRetry={() => void status.refetch()} />
      ) : current === undefined ? (
        <Empty
          icon={<Table2 className="size-6" aria-hidden />}
          title={drafts.length > 0 ? t("Nothing is published to local yet") : t("There is no model yet")}
          actions={
            drafts.length > 0 ? (
              <Button tone="primary" icon={<CloudUpload className="size-3.5" aria-hidden />} onClick={() => goTo("publish")}>
                {t("Publish to local")}
              </Button>
            ) : (
              <Button onClick={() => goTo("model")}>{t("Go to the model")}</Button>
            )
          }
        >
          {t("The model is a draft until it is published. Publishing to local makes the tables inside this workspace; then records can be made, read and changed here.")}
        </Empty>
      ) : (
        <div className="flex min-h-0 flex-1">
          <nav aria-label={t("Published entities")} className="flex w-52 shrink-0 flex-col border-e bg-surface">
            <div className="p-2">
              <Input type="search" aria-label={t("Filter entities")} placeholder={t("Filter entities")} value={search} onChange={(event) => setSearch(event.target.value)} />
            </div>
            <ul className="min-h-0 flex-1 overflow-auto px-1">
              {names
                .filter((name) => name.toLowerCase().includes(search.toLowerCase()))
                .map((name) => (
                  <li key={name}>
                    <button
                      type="button"
                      aria-current={name === current}
                      onClick={() => {
                        setPicked(name);
                        const entity = drafts.find((candidate) => candidate.name === name);
                        if (entity) select([entity.id]);
                      }}
                      className="flex h-7 w-full items-center rounded px-2 text-start text-sm hover:bg-hover aria-[current=true]:bg-accent-wash aria-[current=true]:font-medium"
                    >
                      <span className="truncate">{name}</span>
                    </button>
                  </li>
                ))}
            </ul>
            {waiting > 0 ? (
              <button type="button" className="border-t p-2 text-start text-xs text-muted hover:text-text" onClick={() => goTo("publish")}>
                {t("{{count}} entities are not published yet", { count: waiting })}
              </button>
            ) : null}
          </nav>
          <RecordTable key={`${current} ${JSON.stringify(principal)}`} entity={current} principal={principal} />
        </div>
      )}
    </div>
  );
}
