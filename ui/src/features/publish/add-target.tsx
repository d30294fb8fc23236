import { useRun } from "@/api/hooks";
import { describe, notify } from "@/api/notices";
import { FormDialog } from "@/kit/form-dialog";
import { Input, Labelled, Switch } from "@/kit/input";
import { t } from "@/kit/text";
import { useState } from "react";

export function AddTargetDialog({ onClose, onAdded }: { onClose: () => void; onAdded: (name: string) => void }) {
  const [name, setName] = useState("");
  const [url, setUrl] = useState("");
  const [token, setToken] = useState("");
  const [trust, setTrust] = useState(true);
  const add = useRun("targets.add_target");
  const send = () =>
    add.mutate(
      { name: name.trim(), url: url.trim(), token: token.trim(), trustKey: trust },
      {
        onSuccess: (status) => {
          onAdded(status.target);
          notify.done(status.ok ? t("{{name}} was added and answers", { name: status.target }) : t("{{name}} was added, but: {{problem}}", { name: status.target, problem: status.problem ?? "" }));
          onClose();
        },
      },
    );
  return (
    <FormDialog
      title={t("Add a server")}
      action={add.isPending ? t("Asking the server…") : t("Add")}
      ready={!add.isPending && name.trim() !== "" && url.trim() !== "" && token.trim() !== ""}
      failure={add.isError ? describe(add.error) : null}
      onSend={send}
      onClose={onClose}
    >
      <Labelled label={t("Name")} help={t("How you call it here: staging, production")}>
        {(ids) => <Input {...ids} autoFocus value={name} onChange={(event) => setName(event.target.value)} />}
      </Labelled>
      <Labelled label={t("Address")}>{(ids) => <Input {...ids} type="url" placeholder="http://127.0.0.1:7878" className="font-mono" value={url} onChange={(event) => setUrl(event.target.value)} />}</Labelled>
      <Labelled label={t("Admin token")} help={t("The server printed it once, at `maquette init --server`. It goes to the keychain and is not shown again.")}>
        {(ids) => <Input {...ids} type="password" className="font-mono" value={token} onChange={(event) => setToken(event.target.value)} />}
      </Labelled>
      <Switch checked={trust} onChange={setTrust} label={t("Trust this workspace's signing key there")} help={t("The server takes only releases that are signed by a key it trusts.")} />
    </FormDialog>
  );
}
