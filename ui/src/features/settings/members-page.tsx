/** Who works on this workspace, in which roles. */
import { useAnswer, useRun } from "@/api/hooks";
import { describe, notify } from "@/api/notices";
import type { Member } from "@/contract/Member";
import { Button } from "@/kit/button";
import { Confirm } from "@/kit/dialog";
import { FormDialog } from "@/kit/form-dialog";
import { type Column, Grid } from "@/kit/grid";
import { Check, Input, Labelled } from "@/kit/input";
import { Badge } from "@/kit/layout";
import { Empty } from "@/kit/states";
import { t, when } from "@/kit/text";
import { Pencil, UserMinus, UserPlus, Users } from "lucide-react";
import { useState } from "react";
import { Answer, Page } from "./page";

/** In the order of the core's catalogue. */
const roles: readonly { name: string; title: string; help: string }[] = [
  { name: "viewer", title: t("Viewer"), help: t("looks at everything, asks for decisions, changes nothing") },
  { name: "designer", title: t("Designer"), help: t("changes the model, imports, changes records of local") },
  { name: "policyOwner", title: t("Policy owner"), help: t("changes policies") },
  { name: "publisher", title: t("Publisher"), help: t("makes releases, publishes, rolls back, changes records of local") },
  { name: "owner", title: t("Owner"), help: t("does all of it, and manages members, targets, tokens, keys, tenants") },
];
const titleOf = (role: string) => roles.find((known) => known.name === role)?.title ?? role;

export function MembersPage() {
  const answer = useAnswer("members.list_members", {});
  const remove = useRun("members.remove_member");
  const [chosen, setChosen] = useState<string | null>(null);
  const [editing, setEditing] = useState<Member | "new" | null>(null);
  const [removing, setRemoving] = useState<Member | null>(null);
  const members = answer.data?.members ?? [];
  const you = answer.data?.you ?? "";
  const owner = answer.data?.yourRoles.includes("owner") ?? false;
  const selected = members.find((member) => member.userId === chosen);
  const columns: Column<Member>[] = [
    {
      key: "userId",
      title: t("Person"),
      width: 200,
      sortBy: (member) => member.userId,
      cell: (member) => (
        <span className="flex items-center gap-2">
          {member.userId}
          {member.userId === you ? <Badge>{t("you")}</Badge> : null}
        </span>
      ),
    },
    {
      key: "roles",
      title: t("Roles"),
      width: 300,
      cell: (member) => (
        <span className="flex gap-1">
          {member.roles.map((role) => (
            <Badge key={role} tone={role === "owner" ? "accent" : "neutral"}>
              {titleOf(role)}
            </Badge>
          ))}
        </span>
      ),
    },
    { key: "createdAt", title: t("Since"), width: 170, sortBy: (member) => member.createdAt, cell: (member) => <span className="tabular text-soft">{when(member.createdAt)}</span> },
    { key: "createdBy", title: t("Brought in by"), width: 140, cell: (member) => <span className="text-soft">{member.createdBy}</span> },
  ];
  return (
    <Page
      title={t("Members")}
      note={t("Who works on this workspace. The core checks these roles at every step, whatever a screen shows.")}
      actions={
        owner ? (
          <>
            <Button disabled={!selected} icon={<Pencil className="size-3.5" aria-hidden />} onClick={() => setEditing(selected ?? null)}>
              {t("Change roles")}
            </Button>
            <Button disabled={!selected} icon={<UserMinus className="size-3.5" aria-hidden />} onClick={() => setRemoving(selected ?? null)}>
              {t("Remove")}
            </Button>
            <Button tone="primary" icon={<UserPlus className="size-3.5" aria-hidden />} onClick={() => setEditing("new")}>
              {t("Add a member")}
            </Button>
          </>
        ) : null
      }
    >
      <Answer answer={answer}>
        {() =>
          members.length === 0 ? (
            <Empty
              icon={<Users className="size-6" aria-hidden />}
              title={t("No members: this workspace belongs to whoever can open it")}
              actions={
                <Button tone="primary" onClick={() => setEditing("new")}>
                  {t("Add a member")}
                </Button>
              }
            >
              {t("With the first member it belongs to its members alone, and you, {{you}}, become an owner.", { you })}
            </Empty>
          ) : (
            <Grid
              label={t("Members")}
              rows={members}
              columns={columns}
              rowKey={(member) => member.userId}
              selected={chosen === null ? [] : [chosen]}
              onSelect={(member) => setChosen(member.userId)}
              {...(owner && { onOpen: setEditing, onDelete: () => setRemoving(selected ?? null) })}
            />
          )
        }
      </Answer>
      {editing ? <MemberDialog member={editing === "new" ? null : editing} onClose={() => setEditing(null)} /> : null}
      {removing ? (
        <Confirm
          title={t("Remove {{name}}?", { name: removing.userId })}
          action={t("Remove")}
          busy={remove.isPending}
          onClose={() => setRemoving(null)}
          onConfirm={() =>
            remove.mutate(
              { userId: removing.userId },
              {
                onSuccess: () => {
                  setRemoving(null);
                  notify.done(t("{{name}} was removed", { name: removing.userId }));
                },
                onError: (error) => {
                  setRemoving(null);
                  notify.failure(error, t("{{name}} was not removed", { name: removing.userId }));
                },
              },
            )
          }
        >
          <p>{t("They cannot work on this workspace any more, from their next step on. What they did stays.")}</p>
        </Confirm>
      ) : null}
    </Page>
  );
}

function MemberDialog({ member, onClose }: { member: Member | null; onClose: () => void }) {
  const [userId, setUserId] = useState(member?.userId ?? "");
  const [held, setHeld] = useState<readonly string[]>(member?.roles ?? ["viewer"]);
  const put = useRun("members.put_member");
  const ready = userId.trim() !== "" && held.length > 0 && !put.isPending;
  const send = () => {
    if (!ready) return;
    put.mutate(
      { userId: userId.trim(), roles: [...held] },
      {
        onSuccess: (made) => {
          notify.done(t("{{name}} has the roles {{roles}}", { name: made.userId, roles: made.roles.map(titleOf).join(", ") }));
          onClose();
        },
      },
    );
  };
  return (
    <FormDialog
      title={member ? t("Roles of {{name}}", { name: member.userId }) : t("Add a member")}
      action={member ? t("Save") : t("Add")}
      ready={ready}
      failure={put.isError ? describe(put.error) : null}
      onSend={send}
      onClose={onClose}
    >
      {member ? null : (
        <Labelled label={t("Person")} help={t("As their computer calls them, or as they set MAQUETTE_USER")}>
          {(ids) => <Input {...ids} autoFocus value={userId} onChange={(event) => setUserId(event.target.value)} />}
        </Labelled>
      )}
      <fieldset className="flex flex-col gap-1.5">
        <legend className="pb-1 text-sm text-soft">{t("Roles")}</legend>
        {roles.map((role) => (
          <div key={role.name} className="grid grid-cols-[8rem_1fr] items-start gap-x-2">
            <Check
              label={role.title}
              checked={held.includes(role.name)}
              onChange={(event) => setHeld(event.target.checked ? [...held, role.name] : held.filter((name) => name !== role.name))}
            />
            <span className="pt-0.5 text-xs text-muted">{role.help}</span>
          </div>
        ))}
      </fieldset>
    </FormDialog>
  );
}
