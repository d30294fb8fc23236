/** The key that signs this person's releases. */
import { useAnswer, useRun } from "@/api/hooks";
import { notify } from "@/api/notices";
import { Button } from "@/kit/button";
import { Confirm } from "@/kit/dialog";
import { Badge } from "@/kit/layout";
import { t } from "@/kit/text";
import { RotateCw } from "lucide-react";
import { useState } from "react";
import { Answer, CopyButton, Page } from "./page";

export function SigningPage() {
  const answer = useAnswer("keys.get_signing_key", {});
  const rotate = useRun("keys.rotate_signing_key");
  const [asking, setAsking] = useState(false);
  return (
    <Page
      title={t("Signing key")}
      note={t("Every release is signed with it. A server takes only releases of keys it trusts. One key signs for all your workspaces on this computer.")}
      actions={
        <Button disabled={!answer.data} icon={<RotateCw className="size-3.5" aria-hidden />} onClick={() => setAsking(true)}>
          {t("Make a new key")}
        </Button>
      }
    >
      <Answer answer={answer}>
        {(key) => (
          <dl className="grid max-w-3xl grid-cols-[8rem_1fr] gap-x-4 gap-y-3 p-5 text-sm">
            <dt className="text-soft">{t("Key id")}</dt>
            <dd className="font-mono">{key.keyId}</dd>
            <dt className="text-soft">{t("Public half")}</dt>
            <dd className="flex flex-col items-start gap-2">
              <code className="rounded bg-sunken px-2 py-1 font-mono text-sm break-all">{key.publicKey}</code>
              <CopyButton text={key.publicKey} label={t("Copy the public half")} />
            </dd>
            <dt className="text-soft">{t("Private half")}</dt>
            <dd className="flex flex-col items-start gap-1">
              <span className="break-all">{t("kept in {{place}}", { place: key.keptIn })}</span>
              {key.plainText ? <Badge tone="warn">{t("in plain text: whoever reads the file can sign")}</Badge> : null}
            </dd>
          </dl>
        )}
      </Answer>
      {asking ? (
        <Confirm
          title={t("Make a new signing key?")}
          action={t("Make a new key")}
          busy={rotate.isPending}
          onClose={() => setAsking(false)}
          onConfirm={() =>
            rotate.mutate(
              {},
              {
                onSuccess: (key) => {
                  setAsking(false);
                  notify.done(t("{{key}} signs from now on", { key: key.keyId }));
                },
                onError: (error) => {
                  setAsking(false);
                  notify.failure(error, t("The key is the one it was"));
                },
              },
            )
          }
        >
          <p>{t("Servers refuse what the new key signs until you let them trust it, under Trusted keys.")}</p>
          <p>{t("Releases of the old key stay good. If the old key was seen by others, revoke it on every server too.")}</p>
        </Confirm>
      ) : null}
    </Page>
  );
}
