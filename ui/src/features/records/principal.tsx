/** As whom the records are looked at. Nobody chosen is the studio's own person with the role admin. */
import type { WirePrincipal } from "@/contract/WirePrincipal";
import { Button } from "@/kit/button";
import { Dialog } from "@/kit/dialog";
import { Input, Labelled } from "@/kit/input";
import { Menu } from "@/kit/menu";
import { t } from "@/kit/text";
import { UserRound } from "lucide-react";
import { useState } from "react";

export const nameOf = (principal: WirePrincipal | null) =>
  principal === null ? t("you (admin)") : `${principal.userId} (${principal.roles.join(", ") || t("no role")})`;

const presets: WirePrincipal[] = ["manager", "user", "guest"].map((role) => ({ userId: role, roles: [role] }));

export function PrincipalChooser({ value, onChange }: { value: WirePrincipal | null; onChange: (value: WirePrincipal | null) => void }) {
  const [asking, setAsking] = useState(false);
  const [user, setUser] = useState("ann");
  const [roles, setRoles] = useState("user");
  const use = () => {
    onChange({ userId: user.trim() || "anonymous", roles: roles.split(/[,\s]+/).filter(Boolean) });
    setAsking(false);
  };
  return (
    <>
      <Menu
        align="end"
        icon={<UserRound className="size-3.5" aria-hidden />}
        label={t("As {{who}}", { who: nameOf(value) })}
        items={[
          { label: nameOf(null), run: () => onChange(null) },
          ...presets.map((preset) => ({ label: nameOf(preset), run: () => onChange(preset) })),
          { label: t("Somebody else…"), run: () => setAsking(true) },
        ]}
      />
      {asking ? (
        <Dialog
          title={t("Look at the data as")}
          onClose={() => setAsking(false)}
          footer={
            <Button tone="primary" onClick={use}>
              {t("Use")}
            </Button>
          }
        >
          <form
            className="flex flex-col gap-3"
            onSubmit={(event) => {
              event.preventDefault();
              use();
            }}
          >
            <Labelled label={t("User")}>{(ids) => <Input {...ids} value={user} onChange={(event) => setUser(event.target.value)} />}</Labelled>
            <Labelled label={t("Roles")} help={t("Separated by commas; none is a person without any role")}>
              {(ids) => <Input {...ids} value={roles} onChange={(event) => setRoles(event.target.value)} />}
            </Labelled>
            <button type="submit" hidden />
          </form>
        </Dialog>
      ) : null}
    </>
  );
}
