/** The tenants of a target. */
import { useAnswer, useRun } from "@/api/hooks";
import { describe, notify } from "@/api/notices";
import type { Tenant } from "@/contract/Tenant";
import { Button } from "@/kit/button";
import { Confirm } from "@/kit/dialog";
import { FormDialog } from "@/kit/form-dialog";
import { type Column, Grid } from "@/kit/grid";
import { Input, Labelled } from "@/kit/input";
import { Badge } from "@/kit/layout";
import { Empty } from "@/kit/states";
import { t, when } from "@/kit/text";
import { Building2, CirclePause, CirclePlay, Pencil, Plus } from "lucide-react";
import { useState } from "react";
import { Answer, Page } from "./page";

const columns: Column<Tenant>[] = [
  { key: "id", title: t("Id"), width: 180, sortBy: (tenant) => tenant.id, cell: (tenant) => <span className="font-mono text-sm">{tenant.id}</span> },
  { key: "name", title: t("Name"), width: 240, sortBy: (tenant) => tenant.name, cell: (tenant) => tenant.name },
  { key: "state", title: t("State"), width: 120, sortBy: (tenant) => (tenant.suspendedAt ? 0 : 1), cell: (tenant) => <Badge tone={tenant.suspendedAt ? "danger" : "ok"}>{tenant.suspendedAt ? t("suspended") : t("works")}</Badge> },
  { key: "createdAt", title: t("Since"), width: 170, sortBy: (tenant) => tenant.createdAt, cell: (tenant) => <span className="tabular text-soft">{when(tenant.createdAt)}</span> },
  { key: "suspendedAt", title: t("Suspended"), width: 170, cell: (tenant) => <span className="tabular text-soft">{tenant.suspendedAt ? when(tenant.suspendedAt) : ""}</span> },
];

export function TenantsPage({ target }: { target: string }) {
  const answer = useAnswer("tenants.list_tenants", { target });
  const suspend = useRun("tenants.suspend_tenant");
  const resume = useRun("tenants.resume_tenant");
  const [chosen, setChosen] = useState<string | null>(null);
  const [editing, setEditing] = useState<Tenant | "new" | null>(null);
  const [suspending, setSuspending] = useState<Tenant | null>(null);
  const tenants = answer.data?.tenants ?? [];
  const selected = tenants.find((tenant) => tenant.id === chosen);
  const letWork = (tenant: Tenant) =>
    resume.mutate(
      { target, id: tenant.id },
      {
        onSuccess: () => notify.done(t("{{tenant}} works again", { tenant: tenant.id })),
        onError: (error) => notify.failure(error, t("{{tenant}} is still suspended", { tenant: tenant.id })),
      },
    );
  return (
    <Page
      title={t("Tenants of {{target}}", { target })}
      note={t("Every record belongs to one, and a token opens only those it names. The id never changes.")}
      actions={
        <>
          <Button disabled={!selected} icon={<Pencil className="size-3.5" aria-hidden />} onClick={() => setEditing(selected ?? null)}>
            {t("Rename")}
          </Button>
          {selected?.suspendedAt ? (
            <Button disabled={resume.isPending} icon={<CirclePlay className="size-3.5" aria-hidden />} onClick={() => letWork(selected)}>
              {t("Resume")}
            </Button>
          ) : (
            <Button disabled={!selected} icon={<CirclePause className="size-3.5" aria-hidden />} onClick={() => setSuspending(selected ?? null)}>
              {t("Suspend")}
            </Button>
          )}
          <Button tone="primary" icon={<Plus className="size-3.5" aria-hidden />} onClick={() => setEditing("new")}>
            {t("Add a tenant")}
          </Button>
        </>
      }
    >
      <Answer answer={answer}>
        {() =>
          tenants.length === 0 ? (
            <Empty icon={<Building2 className="size-6" aria-hidden />} title={t("No tenant yet")}>
              {t("A token needs one to be of use.")}
            </Empty>
          ) : (
            <Grid label={t("Tenants")} rows={tenants} columns={columns} rowKey={(tenant) => tenant.id} selected={chosen === null ? [] : [chosen]} onSelect={(tenant) => setChosen(tenant.id)} onOpen={setEditing} />
          )
        }
      </Answer>
      {editing ? <TenantDialog target={target} tenant={editing === "new" ? null : editing} onClose={() => setEditing(null)} /> : null}
      {suspending ? (
        <Confirm
          title={t("Suspend {{tenant}}?", { tenant: suspending.id })}
          action={t("Suspend")}
          busy={suspend.isPending}
          onClose={() => setSuspending(null)}
          onConfirm={() =>
            suspend.mutate(
              { target, id: suspending.id },
              {
                onSuccess: () => {
                  setSuspending(null);
                  notify.done(t("{{tenant}} is suspended", { tenant: suspending.id }));
                },
                onError: (error) => {
                  setSuspending(null);
                  notify.failure(error, t("{{tenant}} was not suspended", { tenant: suspending.id }));
                },
              },
            )
          }
        >
          <p>{t("Every request of its tokens is refused from now on, until it is resumed. Its records stay.")}</p>
        </Confirm>
      ) : null}
    </Page>
  );
}

function TenantDialog({ target, tenant, onClose }: { target: string; tenant: Tenant | null; onClose: () => void }) {
  const [id, setId] = useState("");
  const [name, setName] = useState(tenant?.name ?? "");
  const add = useRun("tenants.add_tenant");
  const rename = useRun("tenants.rename_tenant");
  const error: unknown = add.error ?? rename.error;
  const ready = (tenant ? name : id).trim() !== "" && !add.isPending && !rename.isPending;
  const done = { onSuccess: onClose };
  const send = () => {
    if (!ready) return;
    if (tenant) rename.mutate({ target, id: tenant.id, name: name.trim() }, done);
    else add.mutate({ target, id: id.trim(), name: name.trim() || null }, done);
  };
  return (
    <FormDialog
      title={tenant ? t("Rename {{tenant}}", { tenant: tenant.id }) : t("Add a tenant")}
      action={tenant ? t("Rename") : t("Add")}
      ready={ready}
      failure={error ? describe(error) : null}
      onSend={send}
      onClose={onClose}
    >
      {tenant ? null : (
        <Labelled label={t("Id")} help={t("Letters, digits, dashes and underscores, at most 63; it never changes")}>
          {(ids) => <Input {...ids} autoFocus className="font-mono" value={id} onChange={(event) => setId(event.target.value)} />}
        </Labelled>
      )}
      <Labelled label={t("Name")} help={t("For people")}>
        {(ids) => <Input {...ids} autoFocus={tenant !== null} value={name} onChange={(event) => setName(event.target.value)} />}
      </Labelled>
    </FormDialog>
  );
}
