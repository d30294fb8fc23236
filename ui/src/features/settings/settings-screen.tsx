/** Settings: this studio, this workspace, and who may come into the server behind a target. */
import { useAnswer, usePlace } from "@/api/hooks";
import { Select } from "@/kit/input";
import { ScreenHeader } from "@/kit/layout";
import { t } from "@/kit/text";
import { goToSettings, type SettingsPage } from "@/model/place";
import { Building2, KeyRound, type LucideIcon, ShieldCheck, SlidersHorizontal, TicketCheck, Users } from "lucide-react";
import { type ReactNode, useState } from "react";
import { GeneralPage, type GeneralProps } from "./general-page";
import { KeysPage } from "./keys-page";
import { MembersPage } from "./members-page";
import { Answer } from "./page";
import { SigningPage } from "./signing-page";
import { TenantsPage } from "./tenants-page";
import { TokensPage } from "./tokens-page";

interface Entry {
  page: SettingsPage;
  title: string;
  icon: LucideIcon;
}

const here: readonly Entry[] = [{ page: "general", title: t("General"), icon: SlidersHorizontal }];
const workspace: readonly Entry[] = [
  { page: "members", title: t("Members"), icon: Users },
  { page: "signing", title: t("Signing key"), icon: KeyRound },
];
const server: readonly Entry[] = [
  { page: "tokens", title: t("Tokens"), icon: TicketCheck },
  { page: "keys", title: t("Trusted keys"), icon: ShieldCheck },
  { page: "tenants", title: t("Tenants"), icon: Building2 },
];

export function SettingsScreen(general: GeneralProps) {
  const page = usePlace((where) => where.settings);
  const targets = useAnswer("targets.list_targets", {});
  const [chosen, setChosen] = useState<string | null>(null);
  const names = targets.data?.targets.map((target) => target.name) ?? ["local"];
  // Whoever looks here has a server in mind, where there is one.
  const target = chosen !== null && names.includes(chosen) ? chosen : (names.find((name) => name !== "local") ?? "local");
  const pages: Record<SettingsPage, () => ReactNode> = {
    general: () => <GeneralPage {...general} />,
    members: () => <MembersPage />,
    signing: () => <SigningPage />,
    tokens: () => <TokensPage key={target} target={target} />,
    keys: () => <KeysPage key={target} target={target} />,
    tenants: () => <TenantsPage key={target} target={target} />,
  };
  return (
    <div className="flex h-full flex-col">
      <ScreenHeader title={t("Settings")} />
      <div className="flex min-h-0 flex-1">
        <nav aria-label={t("Settings pages")} className="flex w-48 shrink-0 flex-col gap-3 overflow-auto border-e bg-surface px-1.5 py-3">
          <Group title={t("This studio")} entries={here} page={page} />
          <Group title={t("This workspace")} entries={workspace} page={page} />
          <Group title={t("Access to a target")} entries={server} page={page}>
            <div className="px-2 pb-1.5">
              <Select aria-label={t("Target")} value={target} onChange={(event) => setChosen(event.target.value)}>
                {names.map((name) => (
                  <option key={name} value={name}>
                    {name === "local" ? t("local, this workspace") : name}
                  </option>
                ))}
              </Select>
            </div>
          </Group>
        </nav>
        <div className="min-h-0 min-w-0 flex-1 overflow-auto">
          {/* Which target is meant is known when they are. */}
          {server.some((entry) => entry.page === page) && !targets.data ? <Answer answer={targets}>{() => null}</Answer> : pages[page]()}
        </div>
      </div>
    </div>
  );
}

function Group({ title, entries, page, children }: { title: string; entries: readonly Entry[]; page: SettingsPage; children?: ReactNode }) {
  return (
    <section>
      <h2 className="px-2 pb-1 text-xs font-semibold text-muted">{title}</h2>
      {children}
      <ul>
        {entries.map(({ page: to, title: name, icon: Icon }) => (
          <li key={to}>
            <button
              type="button"
              aria-current={to === page ? "page" : undefined}
              onClick={() => goToSettings(to)}
              className="flex h-7 w-full items-center gap-2 rounded px-2 text-start text-sm hover:bg-hover aria-[current]:bg-accent-wash aria-[current]:font-medium"
            >
              <Icon className="size-3.5 shrink-0 text-muted" aria-hidden />
              {name}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
