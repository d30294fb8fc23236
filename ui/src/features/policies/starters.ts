/** Named sets of policies to begin with. */
import { queue } from "@/api/client";
import { notify } from "@/api/notices";
import { t } from "@/kit/text";

export const starters = [
  { key: "admin-only", title: "Admins only" },
  { key: "standard", title: "Standard roles: admin, manager, user, guest" },
  { key: "read-only", title: "Everyone reads, admins do everything" },
];

export function addStarter(starter: string, entities?: string[]) {
  queue
    .run("policies.add_starter", { starter, ...(entities && { entities }) })
    .then(() => notify.done(t("Starter policies were added; publish to let them count")))
    .catch((error: unknown) => notify.failure(error, t("The starter policies were not added")));
}
