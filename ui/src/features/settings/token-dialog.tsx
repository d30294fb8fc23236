import { useAnswer, useRun } from "@/api/hooks";
import { describe } from "@/api/notices";
import type { NewToken } from "@/contract/NewToken";
import { FormDialog } from "@/kit/form-dialog";
import { Check, Input, Labelled, Select } from "@/kit/input";
import { Tabs } from "@/kit/layout";
import { t } from "@/kit/text";
import { useState } from "react";
import { lifetimes, words } from "./lifetimes";

/** More tenants than these are typed rather than ticked. */
const TICKED = 12;

type Kind = "data" | "admin";

export function TokenDialog({ target, onClose, onMade }: { target: string; onClose: () => void; onMade: (made: NewToken) => void }) {
  const known = useAnswer("tenants.list_tenants", { target });
  const [kind, setKind] = useState<Kind>("data");
  const [userId, setUserId] = useState("");
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const [typed, setTyped] = useState("");
  const [realm, setRealm] = useState("");
  const [roles, setRoles] = useState("");
  const [life, setLife] = useState(String(90 * 86_400));
  const create = useRun("tokens.create_token");
  const tenants = known.data?.tenants ?? [];
  const few = tenants.length <= TICKED;
  const chosen = few ? [...ticked] : words(typed);
  const ready = userId.trim() !== "" && !create.isPending;
  const send = () => {
    if (!ready) return;
    const principal = kind === "admin" ? {} : { tenants: chosen, realmId: realm.trim() || null, roles: words(roles) };
    create.mutate({ target, kind, userId: userId.trim(), expiresIn: life === "" ? null : Number(life), ...principal }, { onSuccess: onMade });
  };
  return (
    <FormDialog
      title={t("Make a token for {{target}}", { target })}
      action={t("Make")}
      ready={ready}
      failure={create.isError ? describe(create.error) : null}
      onSend={send}
      onClose={onClose}
    >
      <div>
        <Tabs
          label={t("What it opens")}
          chosen={kind}
          onChoose={setKind}
          tabs={[
            { key: "data", label: t("Data") },
            { key: "admin", label: t("Administration") },
          ]}
        />
      </div>
      <Labelled label={t("User")} help={kind === "data" ? t("As policies and the audit see them") : t("As the audit sees them")}>
        {(ids) => <Input {...ids} autoFocus value={userId} onChange={(event) => setUserId(event.target.value)} />}
      </Labelled>
      {kind === "data" ? (
        <>
          {few ? (
            <fieldset className="flex flex-col gap-1">
              <legend className="pb-1 text-sm text-soft">{t("Tenants")}</legend>
              <div className="flex flex-wrap gap-x-4 gap-y-1">
                {tenants.map((tenant) => (
                  <Check
                    key={tenant.id}
                    label={tenant.name === tenant.id ? tenant.id : `${tenant.name} (${tenant.id})`}
                    checked={ticked.includes(tenant.id)}
                    onChange={(event) => setTicked(event.target.checked ? [...ticked, tenant.id] : ticked.filter((id) => id !== tenant.id))}
                  />
                ))}
              </div>
              <p className="text-xs text-muted">{t("The default one when none is chosen")}</p>
            </fieldset>
          ) : (
            <Labelled label={t("Tenants")} help={t("Ids, with commas between; the default one when none is named")}>
              {(ids) => <Input {...ids} className="font-mono" value={typed} onChange={(event) => setTyped(event.target.value)} />}
            </Labelled>
          )}
          <Labelled label={t("Roles")} help={t("With commas between, as policies name them")}>
            {(ids) => <Input {...ids} value={roles} onChange={(event) => setRoles(event.target.value)} />}
          </Labelled>
          <Labelled label={t("Realm")} help={t("The default one when empty")}>
            {(ids) => <Input {...ids} className="font-mono" value={realm} onChange={(event) => setRealm(event.target.value)} />}
          </Labelled>
        </>
      ) : (
        <p className="text-sm text-soft">{t("It publishes, makes tokens and tenants, and reads the audit. It reads no records.")}</p>
      )}
      <Labelled label={t("Ends")}>
        {(ids) => (
          <Select {...ids} value={life} onChange={(event) => setLife(event.target.value)}>
            {lifetimes.map((entry) => (
              <option key={entry.seconds} value={entry.seconds}>
                {t("in {{time}}", { time: entry.title })}
              </option>
            ))}
            <option value="">{t("never")}</option>
          </Select>
        )}
      </Labelled>
    </FormDialog>
  );
}
