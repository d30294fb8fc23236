/** The rail on the left: where one can go. */
import { useDraft, usePlace } from "@/api/hooks";
import { t } from "@/kit/text";
import { goTo, type Screen } from "@/model/place";
import {
  CloudUpload, DatabaseZap, FileClock, History, type LucideIcon, Network, Settings, ShieldCheck, Table2, TriangleAlert,
} from "lucide-react";

const places: readonly { screen: Screen; title: string; icon: LucideIcon }[] = [
  { screen: "model", title: t("Model"), icon: Network },
  { screen: "policies", title: t("Policies"), icon: ShieldCheck },
  { screen: "data", title: t("Data"), icon: Table2 },
  { screen: "import", title: t("Import"), icon: DatabaseZap },
  { screen: "publish", title: t("Publish"), icon: CloudUpload },
  { screen: "audit", title: t("Audit"), icon: FileClock },
  { screen: "history", title: t("History"), icon: History },
  { screen: "problems", title: t("Problems"), icon: TriangleAlert },
];

export function Rail() {
  const here = usePlace((where) => where.screen);
  const errors = useDraft((state) => state.findings.filter((finding) => finding.severity === "error").length);
  const all = useDraft((state) => state.findings.filter((finding) => finding.severity !== "info").length);
  const item = ({ screen, title, icon: Icon }: (typeof places)[number], at: number) => (
    <button
      key={screen}
      type="button"
      aria-current={here === screen ? "page" : undefined}
      title={`${title} (Alt ${at + 1})`}
      onClick={() => goTo(screen)}
      className="relative flex h-13 w-full flex-col items-center justify-center gap-1 text-soft hover:bg-hover hover:text-text aria-[current]:text-accent"
    >
      {here === screen ? <span className="absolute inset-y-2 start-0 w-0.5 rounded-full bg-accent" aria-hidden /> : null}
      <Icon className="size-4.5" aria-hidden />
      <span className={`text-xs leading-3 ${here === screen ? "font-semibold" : ""}`}>{title}</span>
      {screen === "problems" && all > 0 ? (
        <span className={`absolute end-2.5 top-1 min-w-4 rounded-full px-1 text-center text-[10px] leading-4 font-semibold ${errors > 0 ? "bg-danger text-on-danger" : "bg-warn-wash text-warn"}`}>
          {all > 99 ? "99+" : all}
        </span>
      ) : null}
    </button>
  );
  return (
    <nav aria-label={t("Studio")} className="flex w-[4.75rem] shrink-0 flex-col overflow-y-auto border-e bg-bg">
      {places.map(item)}
      <div className="mt-auto">{item({ screen: "settings", title: t("Settings"), icon: Settings }, places.length)}</div>
    </nav>
  );
}
