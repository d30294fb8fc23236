/** The tokens of a target: who holds one, for what, until when. */
import { useAnswer, useRun } from "@/api/hooks";
import { notify } from "@/api/notices";
import type { NewToken } from "@/contract/NewToken";
import type { Token } from "@/contract/Token";
import { Button } from "@/kit/button";
import { Confirm, Dialog } from "@/kit/dialog";
import { type Column, Grid } from "@/kit/grid";
import { Input, Labelled, Select } from "@/kit/input";
import { Badge } from "@/kit/layout";
import { Empty } from "@/kit/states";
import { t, when } from "@/kit/text";
import { Ban, Plus, RotateCw, TicketCheck } from "lucide-react";
import { useState } from "react";
import { lifetimes } from "./lifetimes";
import { Answer, CopyButton, Page } from "./page";
import { TokenDialog } from "./token-dialog";

const tones = { active: "ok", expired: "warn", revoked: "danger" } as const;

const columns: Column<Token>[] = [
  { key: "userId", title: t("User"), width: 140, sortBy: (token) => token.userId, cell: (token) => token.userId },
  { key: "kind", title: t("Opens"), width: 90, sortBy: (token) => token.kind, cell: (token) => <Badge tone={token.kind === "admin" ? "accent" : "neutral"}>{token.kind === "admin" ? t("admin") : t("data")}</Badge> },
  { key: "state", title: t("State"), width: 90, sortBy: (token) => token.state, cell: (token) => <Badge tone={tones[token.state as keyof typeof tones] ?? "neutral"}>{t(token.state)}</Badge> },
  { key: "tenants", title: t("Tenants"), width: 160, cell: (token) => <span title={token.tenants.join(", ")}>{token.tenants.join(", ")}</span> },
  { key: "roles", title: t("Roles"), width: 160, cell: (token) => <span title={token.roles.join(", ")}>{token.roles.join(", ")}</span> },
  { key: "expiresAt", title: t("Ends"), width: 160, sortBy: (token) => token.expiresAt ?? "9", cell: (token) => <span className="tabular text-soft">{token.expiresAt ? when(token.expiresAt) : t("never")}</span> },
  { key: "lastUsedAt", title: t("Last used"), width: 160, sortBy: (token) => token.lastUsedAt ?? "", cell: (token) => <span className="tabular text-soft">{token.lastUsedAt ? when(token.lastUsedAt) : t("not yet")}</span> },
  { key: "id", title: t("Id"), width: 250, cell: (token) => <span className="font-mono text-xs text-muted">{token.id}</span> },
];

export function TokensPage({ target }: { target: string }) {
  const [user, setUser] = useState("");
  const [tenant, setTenant] = useState("");
  const [kind, setKind] = useState("");
  const [state, setState] = useState("active");
  const answer = useAnswer("tokens.list_tokens", { target, user: user.trim() || null, tenant: tenant.trim() || null, kind: kind || null, state: state || null }, { keep: true });
  const revoke = useRun("tokens.revoke_token");
  const [chosen, setChosen] = useState<string | null>(null);
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token | null>(null);
  const [rotating, setRotating] = useState<Token | null>(null);
  const [made, setMade] = useState<NewToken | null>(null);
  const tokens = answer.data?.tokens ?? [];
  const selected = tokens.find((token) => token.id === chosen);
  const live = selected?.state === "active" ? selected : undefined;
  const filtered = user !== "" || tenant !== "" || kind !== "" || state !== "active";
  return (
    <Page
      title={t("Tokens of {{target}}", { target })}
      note={t("A program or person sends one with every request. A data token reads and writes records as its user; an admin token publishes and administers.")}
      actions={
        <>
          <Button disabled={!live} icon={<RotateCw className="size-3.5" aria-hidden />} onClick={() => setRotating(live ?? null)}>
            {t("Rotate")}
          </Button>
          <Button disabled={!live} icon={<Ban className="size-3.5" aria-hidden />} onClick={() => setRevoking(live ?? null)}>
            {t("Revoke")}
          </Button>
          <Button tone="primary" icon={<Plus className="size-3.5" aria-hidden />} onClick={() => setMaking(true)}>
            {t("Make a token")}
          </Button>
        </>
      }
    >
      <div className="flex h-full flex-col">
        <div role="search" aria-label={t("Filter tokens")} className="flex shrink-0 flex-wrap items-center gap-2 border-b bg-surface px-5 py-2">
          <Input aria-label={t("User")} placeholder={t("User")} className="w-36" value={user} onChange={(event) => setUser(event.target.value)} />
          <Input aria-label={t("Tenant")} placeholder={t("Tenant")} className="w-36" value={tenant} onChange={(event) => setTenant(event.target.value)} />
          <Select aria-label={t("Opens")} className="w-28" value={kind} onChange={(event) => setKind(event.target.value)}>
            <option value="">{t("Any kind")}</option>
            <option value="data">{t("data")}</option>
            <option value="admin">{t("admin")}</option>
          </Select>
          <Select aria-label={t("State")} className="w-28" value={state} onChange={(event) => setState(event.target.value)}>
            <option value="">{t("Any state")}</option>
            <option value="active">{t("active")}</option>
            <option value="expired">{t("expired")}</option>
            <option value="revoked">{t("revoked")}</option>
          </Select>
        </div>
        <div className="min-h-0 flex-1">
          <Answer answer={answer}>
            {() =>
              tokens.length === 0 ? (
                <Empty icon={<TicketCheck className="size-6" aria-hidden />} title={filtered ? t("No token is like that") : t("No token opens anything there")}>
                  {filtered ? t("Widen the filter.") : target === "local" ? t("Records of local are yours to use here without one.") : t("Make one for each program and person, so that each can be ended alone.")}
                </Empty>
              ) : (
                <Grid
                  label={t("Tokens")}
                  rows={tokens}
                  columns={columns}
                  rowKey={(token) => token.id}
                  selected={chosen === null ? [] : [chosen]}
                  onSelect={(token) => setChosen(token.id)}
                  onDelete={() => setRevoking(live ?? null)}
                />
              )
            }
          </Answer>
        </div>
      </div>
      {making ? (
        <TokenDialog
          target={target}
          onClose={() => setMaking(false)}
          onMade={(token) => {
            setMaking(false);
            setMade(token);
          }}
        />
      ) : null}
      {rotating ? (
        <RotateDialog
          target={target}
          token={rotating}
          onClose={() => setRotating(null)}
          onMade={(token) => {
            setRotating(null);
            setMade(token);
          }}
        />
      ) : null}
      {made ? <SecretDialog made={made} onClose={() => setMade(null)} /> : null}
      {revoking ? (
        <Confirm
          title={t("Revoke the token of {{user}}?", { user: revoking.userId })}
          action={t("Revoke")}
          busy={revoke.isPending}
          onClose={() => setRevoking(null)}
          onConfirm={() =>
            revoke.mutate(
              { target, id: revoking.id },
              {
                onSuccess: () => {
                  setRevoking(null);
                  notify.done(t("The token of {{user}} has ended", { user: revoking.userId }));
                },
                onError: (error) => {
                  setRevoking(null);
                  notify.failure(error, t("The token was not revoked"));
                },
              },
            )
          }
        >
          <p>{t("Whoever uses it is refused from the next request on. It cannot be brought back.")}</p>
          {revoking.kind === "admin" ? <p>{t("If it is the one this studio uses for the target, add the target again with another.")}</p> : null}
        </Confirm>
      ) : null}
    </Page>
  );
}

/** The secret, this once. It is kept in this dialog alone and gone with it. */
function SecretDialog({ made, onClose }: { made: NewToken; onClose: () => void }) {
  return (
    <Dialog
      title={t("The token of {{user}}", { user: made.token.userId })}
      wide
      onClose={onClose}
      footer={
        <Button tone="primary" onClick={onClose}>
          {t("I have kept it")}
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <p>{t("It is shown this once. Only its hash is kept on the server: whoever loses it needs a new one.")}</p>
        <code aria-label={t("Secret")} className="rounded-md bg-sunken p-3 font-mono text-sm break-all select-all">
          {made.secret}
        </code>
        <CopyButton autoFocus text={made.secret} label={t("Copy the token")} />
      </div>
    </Dialog>
  );
}

function RotateDialog({ target, token, onClose, onMade }: { target: string; token: Token; onClose: () => void; onMade: (made: NewToken) => void }) {
  const [grace, setGrace] = useState(String(24 * 3600));
  const rotate = useRun("tokens.rotate_token");
  const send = () =>
    rotate.mutate(
      { target, id: token.id, graceSeconds: Number(grace) },
      {
        onSuccess: onMade,
        onError: (error) => {
          onClose();
          notify.failure(error, t("The token is the one it was"));
        },
      },
    );
  return (
    <Dialog
      title={t("Rotate the token of {{user}}", { user: token.userId })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("Cancel")}</Button>
          <Button tone="primary" disabled={rotate.isPending} onClick={send}>
            {t("Make the new one")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="text-soft">{t("A new secret with the same user, tenants, roles and lifetime. The old one can live on until it is exchanged everywhere.")}</p>
        <Labelled label={t("The old one ends")}>
          {(ids) => (
            <Select {...ids} autoFocus value={grace} onChange={(event) => setGrace(event.target.value)}>
              <option value="0">{t("at once")}</option>
              {lifetimes.slice(0, 4).map((life) => (
                <option key={life.seconds} value={life.seconds}>
                  {t("in {{time}}", { time: life.title })}
                </option>
              ))}
            </Select>
          )}
        </Labelled>
      </div>
    </Dialog>
  );
}
