/** Asks how two entities relate. The core makes the fields, and for many-to-many the entity between. */
import { queue } from "@/api/client";
import { useEntity } from "@/api/hooks";
import { notify } from "@/api/notices";
import { Button } from "@/kit/button";
import { Dialog } from "@/kit/dialog";
import { Input, Labelled, Switch } from "@/kit/input";
import { t } from "@/kit/text";
import { select } from "@/model/place";
import { freeName } from "@/model/workspace";
import { useState } from "react";

type Cardinality = "manyToOne" | "oneToOne" | "manyToMany";

export function RelationDialog({ from, to, onClose }: { from: string; to: string; onClose: () => void }) {
  const source = useEntity(from);
  const target = useEntity(to);
  const [cardinality, setCardinality] = useState<Cardinality>("manyToOne");
  const [name, setName] = useState("");
  const [required, setRequired] = useState(false);
  if (!source || !target) return null;
  const lower = target.name.charAt(0).toLowerCase() + target.name.slice(1);
  const derived = cardinality === "manyToMany" ? source.name + target.name : freeName(lower, source.fields.map((field) => field.name));
  const choices: { key: Cardinality; title: string; text: string }[] = [
    { key: "manyToOne", title: t("Many to one"), text: t("Each {{from}} refers to one {{to}}; several may refer to the same.", { from: source.name, to: target.name }) },
    { key: "oneToOne", title: t("One to one"), text: t("Each {{from}} refers to one {{to}}, and no two refer to the same.", { from: source.name, to: target.name }) },
    { key: "manyToMany", title: t("Many to many"), text: t("An entity between them holds the pairs.") },
  ];
  const add = () => {
    queue
      .run("entities.add_relation", { from, to, cardinality, required, ...(name && { name }) })
      .then(() => select([from]))
      .catch((error: unknown) => notify.failure(error, t("The relation was not added")));
    onClose();
  };
  return (
    <Dialog
      title={t("Relate {{from}} to {{to}}", { from: source.name, to: target.name })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("Cancel")}</Button>
          <Button tone="primary" onClick={add}>
            {t("Add relation")}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <fieldset className="flex flex-col gap-1.5">
          <legend className="mb-1.5 text-sm text-soft">{t("Cardinality")}</legend>
          {choices.map((choice) => (
            <label key={choice.key} className={`flex items-start gap-2.5 rounded-lg border p-2.5 ${cardinality === choice.key ? "border-accent bg-accent-wash" : "border-line-strong hover:bg-hover"}`}>
              <input type="radio" name="cardinality" className="mt-0.5 accent-accent" checked={cardinality === choice.key} onChange={() => setCardinality(choice.key)} />
              <span>
                <span className="block font-medium">{choice.title}</span>
                <span className="block text-sm text-soft">{choice.text}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <Labelled label={cardinality === "manyToMany" ? t("Name of the entity between") : t("Name of the field in {{entity}}", { entity: source.name })}>
          {(ids) => <Input {...ids} value={name} placeholder={derived} onChange={(event) => setName(event.target.value)} />}
        </Labelled>
        {cardinality === "manyToMany" ? null : <Switch checked={required} onChange={setRequired} label={t("Every {{from}} must have one", { from: source.name })} />}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
