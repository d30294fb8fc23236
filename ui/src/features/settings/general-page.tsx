/** What this person likes, what the workspace is, and every key. */
import { useAnswer, useDraft } from "@/api/hooks";
import { Kbd } from "@/kit/button";
import { Badge, Tabs } from "@/kit/layout";
import { t } from "@/kit/text";
import { Monitor, Moon, Sun } from "lucide-react";

export type Theme = "system" | "light" | "dark";

const services = ["registry", "compiler", "policy", "records", "audit", "meta"] as const;

export interface GeneralProps {
  theme: Theme;
  onTheme: (theme: Theme) => void;
  commands: readonly { id: string; title: string; keys?: string }[];
}

export function GeneralPage({ theme, onTheme, commands }: GeneralProps) {
  const name = useDraft((state) => state.name);
  const location = useDraft((state) => state.location);
  const version = useDraft((state) => state.version);
  return (
    <div className="flex max-w-3xl flex-col gap-8 p-6">
      <section className="flex flex-col gap-3">
        <h2 className="font-semibold">{t("Appearance")}</h2>
        <div className="flex items-center gap-4">
          <span className="w-32 text-sm text-soft">{t("Theme")}</span>
          <Tabs
            label={t("Theme")}
            chosen={theme}
            onChoose={onTheme}
            tabs={[
              { key: "system", label: t("System"), icon: <Monitor className="size-3.5" aria-hidden /> },
              { key: "light", label: t("Light"), icon: <Sun className="size-3.5" aria-hidden /> },
              { key: "dark", label: t("Dark"), icon: <Moon className="size-3.5" aria-hidden /> },
            ]}
          />
        </div>
      </section>
      <section className="flex flex-col gap-3">
        <h2 className="font-semibold">{t("Workspace")}</h2>
        <dl className="grid grid-cols-[8rem_1fr] gap-x-4 gap-y-2 text-sm">
          <dt className="text-soft">{t("Name")}</dt>
          <dd>{name}</dd>
          <dt className="text-soft">{t("Kept in")}</dt>
          <dd className="font-mono break-all">{location}</dd>
          <dt className="text-soft">{t("Program")}</dt>
          <dd>Maquette {version}</dd>
        </dl>
      </section>
      <section className="flex flex-col gap-3">
        <h2 className="font-semibold">{t("Services")}</h2>
        <ul className="grid grid-cols-2 gap-x-6 gap-y-1.5">
          {services.map((service) => (
            <ServiceHealth key={service} service={service} />
          ))}
        </ul>
      </section>
      <section className="flex flex-col gap-3">
        <h2 className="font-semibold">{t("Keys")}</h2>
        <dl className="grid grid-cols-2 gap-x-8">
          {[{ id: "palette", title: t("Command palette"), keys: "Ctrl K" }, ...commands]
            .filter((command) => command.keys)
            .map((command) => (
              <div key={command.id} className="flex h-8 items-center justify-between border-b text-sm">
                <dt>{command.title}</dt>
                <dd className="flex gap-1">{command.keys?.split(" ").map((key) => <Kbd key={key}>{key}</Kbd>)}</dd>
              </div>
            ))}
        </dl>
      </section>
    </div>
  );
}

function ServiceHealth({ service }: { service: (typeof services)[number] }) {
  const health = useAnswer(`${service}.check_health`, {});
  return (
    <li className="flex h-7 items-center gap-2 text-sm">
      <span className="w-24">{service}</span>
      {health.isPending ? (
        <span className="text-muted">{t("Asking…")}</span>
      ) : health.isError ? (
        <Badge tone="danger">{t("no answer")}</Badge>
      ) : (
        <>
          <Badge tone={health.data.healthy ? "ok" : "danger"}>{health.data.healthy ? t("well") : t("not well")}</Badge>
          <span className="truncate text-muted" title={health.data.message}>
            {health.data.message}
          </span>
        </>
      )}
    </li>
  );
}
