/** The publishers' keys that a target trusts. */
import { useAnswer, useRun } from "@/api/hooks";
import { describe, notify } from "@/api/notices";
import type { TrustedKey } from "@/contract/TrustedKey";
import { Button } from "@/kit/button";
import { Confirm } from "@/kit/dialog";
import { FormDialog } from "@/kit/form-dialog";
import { type Column, Grid } from "@/kit/grid";
import { Input, Labelled } from "@/kit/input";
import { Badge } from "@/kit/layout";
import { Empty } from "@/kit/states";
import { t, when } from "@/kit/text";
import { ShieldCheck, ShieldOff } from "lucide-react";
import { useState } from "react";
import { Answer, Page } from "./page";

export function KeysPage({ target }: { target: string }) {
  const answer = useAnswer("keys.list_keys", { target });
  const own = useAnswer("keys.get_signing_key", {});
  const trust = useRun("keys.trust_key");
  const revoke = useRun("keys.revoke_key");
  const [chosen, setChosen] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<TrustedKey | null>(null);
  const keys = answer.data?.keys ?? [];
  const ownId = own.data?.keyId;
  const selected = keys.find((key) => key.keyId === chosen);
  const revocable = selected !== undefined && !selected.revokedAt;
  const trusted = keys.some((key) => key.keyId === ownId && !key.revokedAt);
  const columns: Column<TrustedKey>[] = [
    {
      key: "keyId",
      title: t("Key"),
      width: 260,
      cell: (key) => (
        <span className="flex items-center gap-2 font-mono text-sm">
          {key.keyId}
          {key.keyId === ownId ? <Badge tone="accent">{t("signs here")}</Badge> : null}
        </span>
      ),
    },
    { key: "state", title: t("State"), width: 110, sortBy: (key) => (key.revokedAt ? 1 : 0), cell: (key) => <Badge tone={key.revokedAt ? "danger" : "ok"}>{key.revokedAt ? t("revoked") : t("trusted")}</Badge> },
    { key: "createdAt", title: t("Since"), width: 170, sortBy: (key) => key.createdAt, cell: (key) => <span className="tabular text-soft">{when(key.createdAt)}</span> },
    { key: "createdBy", title: t("By"), width: 120, cell: (key) => key.createdBy },
    { key: "revokedAt", title: t("Revoked"), width: 170, cell: (key) => <span className="tabular text-soft">{key.revokedAt ? when(key.revokedAt) : ""}</span> },
  ];
  const trustOwn = () =>
    trust.mutate(
      { target },
      {
        onSuccess: () => notify.done(t("{{target}} trusts the key that signs here", { target })),
        onError: (error) => notify.failure(error, t("The key is not trusted")),
      },
    );
  return (
    <Page
      title={t("Trusted keys of {{target}}", { target })}
      note={t("Releases signed by other keys are refused there.")}
      actions={
        <>
          <Button disabled={!revocable} icon={<ShieldOff className="size-3.5" aria-hidden />} onClick={() => setRevoking(selected ?? null)}>
            {t("Revoke")}
          </Button>
          <Button icon={<ShieldCheck className="size-3.5" aria-hidden />} onClick={() => setAdding(true)}>
            {t("Trust a key")}
          </Button>
          {answer.data && own.data && !trusted ? (
            <Button tone="primary" disabled={trust.isPending} onClick={trustOwn}>
              {t("Trust the key that signs here")}
            </Button>
          ) : null}
        </>
      }
    >
      <Answer answer={answer}>
        {() =>
          keys.length === 0 ? (
            <Empty icon={<ShieldCheck className="size-6" aria-hidden />} title={t("No key is trusted")}>
              {t("Nothing can be published there until one is.")}
            </Empty>
          ) : (
            <Grid
              label={t("Trusted keys")}
              rows={keys}
              columns={columns}
              rowKey={(key) => key.keyId}
              selected={chosen === null ? [] : [chosen]}
              onSelect={(key) => setChosen(key.keyId)}
              onDelete={() => {
                if (revocable) setRevoking(selected);
              }}
            />
          )
        }
      </Answer>
      {adding ? <TrustDialog target={target} onClose={() => setAdding(false)} /> : null}
      {revoking ? (
        <Confirm
          title={t("Revoke {{key}}?", { key: revoking.keyId })}
          action={t("Revoke")}
          busy={revoke.isPending}
          onClose={() => setRevoking(null)}
          onConfirm={() =>
            revoke.mutate(
              { target, id: revoking.keyId },
              {
                onSuccess: () => {
                  setRevoking(null);
                  notify.done(t("{{key}} is trusted no longer", { key: revoking.keyId }));
                },
                onError: (error) => {
                  setRevoking(null);
                  notify.failure(error, t("The key was not revoked"));
                },
              },
            )
          }
        >
          <p>{t("{{target}} refuses whatever this key signed from now on, releases that were made before included. What runs there goes on.", { target })}</p>
        </Confirm>
      ) : null}
    </Page>
  );
}

function TrustDialog({ target, onClose }: { target: string; onClose: () => void }) {
  const [key, setKey] = useState("");
  const trust = useRun("keys.trust_key");
  const send = () => {
    if (key.trim() === "" || trust.isPending) return;
    trust.mutate(
      { target, publicKey: key.trim() },
      {
        onSuccess: () => {
          notify.done(t("The key is trusted"));
          onClose();
        },
      },
    );
  };
  return (
    <FormDialog
      title={t("Trust a key")}
      action={t("Trust")}
      ready={key.trim() !== "" && !trust.isPending}
      failure={trust.isError ? describe(trust.error) : null}
      onSend={send}
      onClose={onClose}
    >
      <Labelled label={t("Public key")} help={t("Base64, as Signing key shows it or `maquette key show` prints it. Get it from its owner by a way you trust.")}>
        {(ids) => <Input {...ids} autoFocus className="font-mono" value={key} onChange={(event) => setKey(event.target.value)} />}
      </Labelled>
    </FormDialog>
  );
}
