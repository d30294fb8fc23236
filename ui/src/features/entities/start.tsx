/** The empty workspace: what to do first. */
import { Button } from "@/kit/button";
import { Kbd } from "@/kit/button";
import { t } from "@/kit/text";
import { goTo } from "@/model/place";
import { Database, Plus } from "lucide-react";
import { addEntity } from "./actions";

export function Start() {
  return (
    <div className="flex h-full items-center justify-center overflow-auto bg-canvas p-8">
      <div className="w-full max-w-2xl">
        <h2 className="text-xl font-semibold">{t("Start a model")}</h2>
        <p className="mt-1 text-base text-soft">
          {t("A model is made of entities: kinds of record, with fields and relations. Everything you do is saved as you do it and can be undone.")}
        </p>
        <div className="mt-5 grid grid-cols-2 gap-3">
          <section className="flex flex-col items-start gap-2 rounded-xl border bg-surface p-4">
            <Database className="size-5 text-accent" aria-hidden />
            <h3 className="font-semibold">{t("From a database you have")}</h3>
            <p className="text-sm text-soft">
              {t("Tables, keys, foreign keys, uniques, defaults and indexes become entities and relations. You see what will become of each before anything is changed.")}
            </p>
            <Button tone="primary" className="mt-auto" onClick={() => goTo("import")}>
              {t("Import a database")}
            </Button>
          </section>
          <section className="flex flex-col items-start gap-2 rounded-xl border bg-surface p-4">
            <Plus className="size-5 text-accent" aria-hidden />
            <h3 className="font-semibold">{t("From nothing")}</h3>
            <p className="text-sm text-soft">
              {t("Add an entity, give it fields, then drag from its edge to another entity to relate the two. A double click on the canvas adds one where you click.")}
            </p>
            <Button className="mt-auto" onClick={() => addEntity()}>
              {t("Add an entity")}
            </Button>
          </section>
        </div>
        <ol className="mt-6 flex flex-col gap-1.5 text-sm text-soft">
          <li>
            <span className="font-medium text-text">1. {t("Design")}</span> · {t("entities, fields, relations, checked as you type")}
          </li>
          <li>
            <span className="font-medium text-text">2. {t("Allow")}</span> · {t("nobody may do anything until a policy says so")}
          </li>
          <li>
            <span className="font-medium text-text">3. {t("Publish")}</span> · {t("a signed release makes real tables and an API, here or on a server")}
          </li>
        </ol>
        <p className="mt-5 flex items-center gap-1.5 text-sm text-muted">
          <Kbd>Ctrl</Kbd>
          <Kbd>K</Kbd> {t("finds every command")}
        </p>
      </div>
    </div>
  );
}
